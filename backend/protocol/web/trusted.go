package web

import (
	"context"
	"net/http"

	"portico/backend/access"
)

type trustedKey struct{}

// Trusted wraps a handler for a listener whose every client is known to be id: a Unix socket with
// peer credentials, the window's own listener. It must never be reachable from anywhere else.
func Trusted(h http.Handler, id access.Identity) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), trustedKey{}, id)))
	})
}

// trustedIdentity returns what Trusted said, if this request came that way.
func trustedIdentity(r *http.Request) (access.Identity, bool) {
	id, ok := r.Context().Value(trustedKey{}).(access.Identity)
	return id, ok
}
