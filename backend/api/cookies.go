package api

import "net/http"

// Cookies is what the browser keeps for us. The web door implements it, because it reads them back.
type Cookies interface {
	// Secure reports whether the client reached us over TLS, perhaps through a trusted proxy.
	Secure(r *http.Request) bool
	// Session returns the secret of the session that r shows, "" where there is none.
	Session(r *http.Request) string
	// SetSession lets the browser keep the secret of a session; "" lets it forget.
	SetSession(w http.ResponseWriter, r *http.Request, secret string)
	// Unlock judges the password of a share and lets the browser keep the right to it. Its errors are
	// those of share.Shares.Open.
	Unlock(w http.ResponseWriter, r *http.Request, key, password string) error
}
