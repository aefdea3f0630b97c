package webdav

import (
	"errors"
	"net/http"
	"sync/atomic"

	"portico/backend/listen"
	"portico/backend/vfs"
)

// Options of a Handler.
type Options struct {
	// Place turns a URL path, decoded once and without what a proxy took off, into a session and the name
	// in its tree. The session belongs to the request and is the same for the same tree.
	Place func(r *http.Request, urlPath string) (*vfs.Session, string, error)
	// Base is how the client calls the root of the tree that a request speaks of: "", "/dav", "/s/KEY",
	// with what a trusted proxy takes off in front.
	Base func(*http.Request) string
	// Local turns an address that a client wrote, a whole URL or a path, into the URL path that Place
	// understands. The error is a *problem.Problem.
	Local func(r *http.Request, address string) (string, error)
	// Away is told of whoever is turned away for what was sent. It must not wait. nil: nobody is.
	Away func(from vfs.Origin, why listen.Reason)
}

// Handler answers what only WebDAV asks. One serves all HTTP of a house; it is safe for concurrent use.
type Handler struct {
	o     Options
	open  atomic.Pointer[Door]
	asked atomic.Pointer[asked] // the last PROPFIND
}

// New returns a Handler that is switched off until a Door of it starts.
func New(o Options) *Handler {
	return &Handler{o: o}
}

// Open reports whether WebDAV is switched on.
func (h *Handler) Open() bool { return h.open.Load() != nil }

// Methods are those that Serve answers, as an Allow field lists them.
func (h *Handler) Methods() string { return "PROPFIND, PROPPATCH, LOCK, UNLOCK" }

// Serve answers a request with one of its methods. What it has no form of its own for goes to fail.
func (h *Handler) Serve(w http.ResponseWriter, r *http.Request, fail func(error)) {
	s, name, err := h.o.Place(r, r.URL.Path)
	if err == nil && r.Method != "PROPFIND" {
		err = unchanged(r, s, name)
	}
	if err == nil {
		switch r.Method {
		case "PROPFIND":
			err = h.propfind(w, r, s, name)
		case "PROPPATCH":
			err = h.proppatch(w, r, s, name)
		case "LOCK":
			err = h.lock(w, r, s, name)
		case "UNLOCK":
			err = h.unlock(w, r, s, name)
		}
	}
	switch {
	case err == nil:
	case h.Refuse(w, r, err):
	default:
		if h.o.Away != nil && errors.Is(err, errBomb) {
			h.o.Away(s.Origin(), listen.Reason{Code: "DOOR-XML-01", Text: "it sent XML that is made to use up memory or to read files"})
		}
		fail(err)
	}
}
