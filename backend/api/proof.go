package api

import (
	"context"
	"net/http"
	"strings"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/api/urlpath"
	"portico/backend/share"
)

// proof judges once more what a stream's request showed when it began. What the request found out
// about itself is kept for as long as it lives and cannot tell that a session has ended since or that
// a share's password is another one (core, 14).
type proof struct {
	api   *API
	who   access.Identity // by credentials; a guest showed none that counted
	shown account.Credential
	key   string // of the share that the stream lies in, "" outside of shares
	seal  share.Seal
}

// proofOf notes what the caller showed for a URL path. It is called before the path is opened: what
// changes in between is then noticed.
func (c *caller) proofOf(urlPath string) *proof {
	p := &proof{api: c.api, who: c.id}
	if base := urlpath.Base(urlPath); base != "" {
		p.key = base[len("/s/"):]
		// A key that opens nothing is refused where the path is opened, which counts who guesses.
		p.seal, _ = c.api.o.Shares.Seal(c.r.Context(), p.key)
		return p
	}
	p.shown = account.Credential{Remote: c.remote(), Door: doorName, Client: c.r.UserAgent(), Secure: c.api.o.Cookies.Secure(c.r)}
	if c.id.Kind != access.Guest && c.id.Kind != access.Owner {
		p.read(c.r)
	}
	return p
}

// read finds which of the credentials of r counted, in the order in which the web door asks.
func (p *proof) read(r *http.Request) {
	if value := r.Header.Get("Authorization"); value != "" {
		if name, secret, ok := r.BasicAuth(); ok {
			p.password(name, secret)
		} else if _, token, ok := strings.Cut(value, " "); ok {
			p.shown.Kind, p.shown.Secret = account.Token, strings.TrimSpace(token)
		}
		return
	}
	if secret := p.api.o.Cookies.Session(r); secret != "" {
		p.shown.Kind, p.shown.Secret = account.Session, secret
		if p.holds(r.Context()) {
			return
		}
	}
	if p.password("", r.Header.Get("PW")); p.shown.Secret == "" {
		p.password("", r.URL.Query().Get("pw"))
	}
}

func (p *proof) password(name, secret string) {
	p.shown.Kind, p.shown.Name, p.shown.Secret = account.Password, name, secret
	if name == "" {
		p.shown.Kind = account.PasswordOnly
	}
}

// holds reports whether what was shown would still be let in.
func (p *proof) holds(ctx context.Context) bool {
	o := p.api.o
	if p.key != "" {
		now, err := o.Shares.Seal(ctx, p.key)
		return err == nil && now == p.seal
	}
	if p.who.Kind == access.Guest || p.who.Kind == access.Owner {
		return true // showed nothing that could end
	}
	now, err := o.Accounts.Authenticate(ctx, p.shown)
	return err == nil && now.Is(p.who)
}
