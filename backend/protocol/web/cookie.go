package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/share"
)

// Names of the session's cookie. The one for HTTPS is bound to this host by its prefix and is never
// looked at on plain HTTP; cookies do not know ports, so another server on this computer could
// otherwise plant one.
const (
	cookieSafe  = "__Host-portico"
	cookiePlain = "portico"
)

func cookieName(secure bool) string {
	if secure {
		return cookieSafe
	}
	return cookiePlain
}

// sessionCookie returns the session's secret, "" where there is none.
func sessionCookie(r *http.Request, secure bool) string {
	c, err := r.Cookie(cookieName(secure))
	if err != nil {
		return ""
	}
	return c.Value
}

// cookieLife is how long a browser keeps the cookie; the session itself ends where account says.
const cookieLife = 365 * 24 * time.Hour

func keep(w http.ResponseWriter, name, value string, secure bool, life time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// passName is the cookie that holds the pass of one share. It is valid for the whole host, because
// the API's addresses lie elsewhere and a key may be written in capitals; the name does not tell the
// key, and the pass is worth nothing without it.
func passName(key string, secure bool) string {
	sum := sha256.Sum256([]byte(key))
	return cookieName(secure) + "-" + hex.EncodeToString(sum[:6])
}

// passLife is how long a browser keeps a pass; it ends by itself where share says.
const passLife = 7 * 24 * time.Hour

// Session returns the secret of the session that r shows in a cookie, "" where there is none.
func (f *Front) Session(r *http.Request) string { return sessionCookie(r, f.Secure(r)) }

// SignIn judges name and password (the password alone, without a name) and lets the browser keep a
// new session; the one that it had ends. Its errors are those of account.Accounts.Authenticate.
func (f *Front) SignIn(w http.ResponseWriter, r *http.Request, name, password string) (access.Identity, error) {
	v, err := visitOf(r)
	if err != nil {
		return access.Identity{}, err
	}
	c := account.Credential{Kind: account.Password, Name: name, Secret: password, Remote: v.origin.remote(),
		Door: doorName, Client: r.UserAgent(), Secure: v.origin.secure}
	if name == "" {
		c.Kind = account.PasswordOnly
	}
	id, err := f.o.Accounts.Authenticate(r.Context(), c)
	if err != nil {
		return access.Identity{}, err
	}
	secret, err := f.o.Accounts.StartSession(r.Context(), id,
		account.SessionInfo{Remote: c.Remote, Door: c.Door, Client: c.Client, Secure: c.Secure})
	if err != nil {
		return access.Identity{}, err
	}
	if old := f.Session(r); old != "" {
		if err := f.o.Accounts.EndSession(r.Context(), old); err != nil {
			f.o.Log.Warn("a session that was replaced did not end", "error", err)
		}
	}
	keep(w, cookieName(c.Secure), secret, c.Secure, cookieLife)
	return id, nil
}

// SignOut ends the session of the cookie and lets the browser forget it.
func (f *Front) SignOut(w http.ResponseWriter, r *http.Request) error {
	if secret := f.Session(r); secret != "" {
		if err := f.o.Accounts.EndSession(r.Context(), secret); err != nil {
			return err
		}
	}
	keep(w, cookieName(f.Secure(r)), "", f.Secure(r), -time.Second)
	return nil
}

// Unlock judges the password of a share and lets the browser keep the right to it. Its errors are
// those of share.Shares.Open.
func (f *Front) Unlock(w http.ResponseWriter, r *http.Request, key, password string) error {
	v, err := visitOf(r)
	if err != nil {
		return err
	}
	key = share.Fold(key)
	from := v.visitor(r, key)
	from.Password = password
	_, about, err := f.o.Shares.Open(r.Context(), key, from)
	if err == nil && about.Pass != "" {
		keep(w, passName(key, v.origin.secure), about.Pass, v.origin.secure, passLife)
	}
	v.keepDevice(w, r, err)
	return err
}
