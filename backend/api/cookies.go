package api

import (
	"net/http"

	"portico/backend/access"
)

// Cookies is what the browser keeps for us. The web door implements it, because it reads them back.
type Cookies interface {
	// Secure reports whether the client reached us over TLS, perhaps through a trusted proxy.
	Secure(r *http.Request) bool
	// Session returns the secret of the session that r shows, "" where there is none.
	Session(r *http.Request) string
	// SignIn judges name and password (the password alone, without a name) and lets the browser keep a
	// new session instead of the one that it had. Its errors are those of account.Accounts.Authenticate.
	SignIn(w http.ResponseWriter, r *http.Request, name, password string) (access.Identity, error)
	// SignOut ends the session of the cookie and lets the browser forget it.
	SignOut(w http.ResponseWriter, r *http.Request) error
	// Unlock judges the password of a share and lets the browser keep the right to it. Its errors are
	// those of share.Shares.Open.
	Unlock(w http.ResponseWriter, r *http.Request, key, password string) error
}
