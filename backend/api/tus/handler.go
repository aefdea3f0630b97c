package tus

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/api/urlpath"
	"portico/backend/problem"
	"portico/backend/vfs"
)

const (
	version    = "1.0.0"
	extensions = "creation,creation-with-upload,creation-defer-length,termination,expiration,checksum"
	pieceType  = "application/offset+octet-stream"

	statusChecksum = 460 // of the checksum extension
	bufferSize     = 512 << 10
)

// Options of a Handler.
type Options struct {
	// Place turns a request and a URL path into a session and the name in it.
	Place  func(r *http.Request, urlPath string) (*vfs.Session, string, error)
	Prefix string // where the handler is mounted, with a slash at its end
	Log    *slog.Logger

	// Stall is how long nothing may come before a piece counts as cut; 0: 30 s.
	Stall time.Duration
	// Yield is how long nothing may come before a newer request for the same upload ends the older
	// one: its connection is probably dead and nobody has told us. 0: 2 s.
	Yield time.Duration
}

// Handler serves the protocol below its prefix. It is safe for concurrent use.
type Handler struct {
	o       Options
	holds   holds
	done    finished
	buffers sync.Pool
}

// New makes a Handler.
func New(o Options) *Handler {
	if o.Stall == 0 {
		o.Stall = 30 * time.Second
	}
	if o.Yield == 0 {
		o.Yield = 2 * time.Second
	}
	h := &Handler{o: o}
	h.holds.by = map[string]*hold{}
	h.done.by = map[string]*receipt{}
	h.buffers.New = func() any { return new([bufferSize]byte) }
	return h
}

// Close ends the pieces that are coming in now; what arrived of them is kept.
func (h *Handler) Close() { h.holds.close() }

// ServeHTTP answers one request of the protocol.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if over := r.Header.Get("X-HTTP-Method-Override"); over != "" && method == http.MethodPost {
		method = over
	}
	w.Header().Set("Tus-Resumable", version)
	if method == http.MethodOptions {
		w.Header().Set("Tus-Version", version)
		w.Header().Set("Tus-Extension", extensions)
		w.Header().Set("Tus-Checksum-Algorithm", algorithms)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if r.Header.Get("Tus-Resumable") != version {
		w.Header().Set("Tus-Version", version)
		bad(http.StatusPreconditionFailed, "TUS-VERSION-01", "Only tus "+version+" is spoken here.").Write(w)
		return
	}
	q := request{Handler: h, w: w, r: r}
	if err := q.serve(method, strings.TrimPrefix(r.URL.Path, h.o.Prefix)); err != nil {
		q.fail(method, err)
	}
}

// request is one request and the session it speaks through.
type request struct {
	*Handler
	w http.ResponseWriter
	r *http.Request
	s *vfs.Session
}

func (q *request) serve(method, rest string) error {
	if rest == "" {
		if method != http.MethodPost {
			return q.wrongVerb("OPTIONS, POST")
		}
		return q.create()
	}
	base, id := split(rest)
	if id == "" {
		return problem.Absent()
	}
	if _, err := q.enter(strings.TrimSuffix(base, personal) + "/"); err != nil {
		return err
	}
	if base == personal && q.s.Identity().Kind == access.Guest {
		return problem.SignIn() // whoever began it has been signed out; it waits
	}
	switch method {
	case http.MethodHead:
		return q.head(id)
	case http.MethodPatch:
		return q.patch(id)
	case http.MethodDelete:
		return q.remove(id)
	}
	return q.wrongVerb("OPTIONS, HEAD, PATCH, DELETE")
}

// personal marks the address of an upload of somebody who is signed in: after the sign-in has ended
// its answer is 401, not 404, which would tell the client to begin again.
const personal = "/me"

// split reads the address of an upload: ID, me/ID or s/KEY/ID.
func split(rest string) (base, id string) {
	rest = "/" + rest
	base = urlpath.Base(rest)
	if base == "" && strings.HasPrefix(rest, personal+"/") {
		base = personal
	}
	if id = strings.TrimPrefix(rest[len(base):], "/"); strings.Contains(id, "/") {
		return "", ""
	}
	return base, id
}

// address is the reverse of split.
func (q *request) address(urlPath, id string) string {
	base := urlpath.Base(urlPath)
	if base == "" && q.s.Identity().Kind != access.Guest {
		base = personal
	}
	return strings.TrimSuffix(q.o.Prefix, "/") + base + "/" + id
}

// enter opens the session of a URL path. It does not end when the client goes: what has arrived must
// still be kept, or committed if it is all.
func (q *request) enter(urlPath string) (name string, err error) {
	lasting := q.r.WithContext(context.WithoutCancel(q.r.Context()))
	q.s, name, err = q.o.Place(lasting, urlPath)
	return name, err
}

// fail answers with what went wrong. An answer to HEAD that will be another one soon becomes 423:
// clients of this protocol begin again from zero after anything else.
func (q *request) fail(method string, err error) {
	var who access.Identity
	if q.s != nil {
		who = q.s.Identity()
	}
	p := problem.For(err, who)
	if p.Status == http.StatusInternalServerError {
		q.o.Log.Error("an upload failed", "method", method, "path", q.r.URL.Path, "error", err)
	}
	if method == http.MethodHead && (p.Status >= 500 || p.Status == http.StatusConflict) {
		wait := *p
		wait.Status, wait.Retry = http.StatusLocked, max(p.Retry, 1)
		p = &wait
	}
	p.Write(q.w)
}

func bad(status int, code, detail string) *problem.Problem {
	return &problem.Problem{Status: status, Code: code, Title: "The upload cannot go on like this", Detail: detail,
		Did: "What had arrived before is kept.", Next: "Ask for the present offset and go on from there."}
}

func (q *request) wrongVerb(allow string) error {
	q.w.Header().Set("Allow", allow)
	return bad(http.StatusMethodNotAllowed, "WEB-VERB-01", "This address answers to "+allow+".")
}
