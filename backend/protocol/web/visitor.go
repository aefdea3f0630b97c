package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"portico/backend/access"
	"portico/backend/vfs"
)

// knownName is the cookie by which one of many visitors with one identity is known again: guests, and
// holders of one link. It gives no right; it only says that what was sent a moment ago was sent by the
// same client, which may then still see, correct or remove it. A program that keeps no cookies loses
// that, but for the uploads that it goes on with by their id. The address says nothing of the kind:
// many people share one.
func knownName(secure bool) string { return cookieName(secure) + "-visit" }

// knownLife is how long a browser keeps the cookie: as long as an unfinished upload may wait.
const knownLife = 7 * 24 * time.Hour

// known returns the digest of the visitor's secret, "" where there is none or nobody needs one. A new
// one is given to whoever changes something, and to browsers that come where they may add. The caller
// holds v.mu.
func (v *visit) known(r *http.Request, id access.Identity) string {
	if !vfs.Many(id.Kind) {
		return ""
	}
	if v.secret == "" {
		if c, err := r.Cookie(knownName(v.origin.secure)); err == nil && len(c.Value) == len(rand.Text()) {
			v.secret = c.Value
		} else if !safe(r.Method) || browser(r) && v.front.mayAdd(id) {
			v.secret = rand.Text()
			keep(v.w, knownName(v.origin.secure), v.secret, v.origin.secure, knownLife)
		}
	}
	if v.secret == "" {
		return ""
	}
	return digest(v.secret)
}

// digest is what others are told of a visitor's secret.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:16])
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions || method == "PROPFIND"
}

// mayAdd reports whether an identity may add something somewhere.
func (f *Front) mayAdd(id access.Identity) bool {
	if id.Kind == access.Link {
		return id.Mask.Has(access.Write)
	}
	policy := f.o.Tree.Policy()
	for _, g := range policy.Grants() {
		if policy.Rights(id, g.Path).Has(access.Write) {
			return true
		}
	}
	return false
}
