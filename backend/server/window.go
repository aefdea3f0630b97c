package server

import (
	"net/http"
	"strings"

	"portico/frontend"
)

// windowPage serves the owner's page and its built files. They hold nothing of anybody, so that they
// need no token: an address that a browser opens cannot carry a header.
type windowPage struct{ files http.Handler }

func newWindowPage() *windowPage { return &windowPage{frontend.AssetHandler()} }

// takes reports whether a request is for the page: the document or one of its files, to be read.
func (p *windowPage) takes(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		(r.URL.Path == frontend.WindowPath || strings.HasPrefix(r.URL.Path, frontend.Prefix))
}

func (p *windowPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.URL.Path != frontend.WindowPath {
		p.files.ServeHTTP(w, r)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", frontend.WindowPolicy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
	if err := frontend.Window(w); err != nil {
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
	}
}
