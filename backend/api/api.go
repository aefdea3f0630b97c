package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/api/tus"
	"portico/backend/event"
	"portico/backend/problem"
	"portico/backend/share"
	"portico/backend/vfs"
)

// Options is what the API speaks to. All functions may be called from many goroutines.
type Options struct {
	// Place turns a request and a URL path into a session and the name in it (web.Front.Place).
	// The session lives as long as the request.
	Place func(r *http.Request, urlPath string) (*vfs.Session, string, error)
	// Identity says who sent a request, by its credentials alone (not by a path).
	Identity func(r *http.Request) (access.Identity, error)
	// Cookies keeps sign-in and unlocked shares in the browser.
	Cookies Cookies

	Accounts *account.Accounts
	Shares   *share.Shares
	Tree     *vfs.Tree
	Bus      *event.Bus
	Source   Source

	// Name is what this computer is called: "Studio laptop". nil: "Portico".
	Name func() string
	// Status reports what the whole program does, its doors too; the API adds volumes and transfers.
	Status func(ctx context.Context) Status
	// Admin changes the program itself. nil: there is nothing to change.
	Admin Admin
	// Desktop is the window and the tray. nil: there are none.
	Desktop Desktop
	// People is who comes from other devices. nil: that is not told.
	People People
	// Undone remembers over a restart what was taken back. nil: it is forgotten then.
	Undone Undone
	// Diagnosis finds out why nobody comes. nil: that cannot be asked.
	Diagnosis Diagnosis
	// Networks is what is known of the networks of this computer, Peers who else is there. nil: that
	// cannot be asked.
	Networks Networks
	Peers    Peers
	// Addresses returns the base URLs under which other devices reach this computer, the best first,
	// without a slash at the end. Links to shares begin with one of them.
	Addresses func() []string
	// Host reports whether a Host header names this computer. nil: every host is taken.
	Host func(host string) bool
	// Control is true for the listener that only this computer's own window and command line reach:
	// the owner exists there and nowhere else.
	Control bool

	Heartbeat time.Duration // between two comments on /-/events; 0: 15 s
	// StreamLife is how long one event stream lives before its client has to come again and show who
	// it is; it goes on where it was. 0: 15 min.
	StreamLife time.Duration
	Log        *slog.Logger
}

// API serves everything below "/-/" but the static files. Close ends what runs on.
type API struct {
	o        Options
	mux      *http.ServeMux
	document []byte
	origin   *http.CrossOriginProtection
	uploads  *tus.Handler
	streams  *streams
	meter    meter
	batches  ledger
}

// New builds the API. It panics only when an operation is described wrongly, which a test would see.
func New(o Options) *API {
	if o.Name == nil {
		o.Name = func() string { return "Portico" }
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 15 * time.Second
	}
	if o.StreamLife == 0 {
		o.StreamLife = 15 * time.Minute
	}
	a := &API{o: o, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection()}
	a.uploads = tus.New(tus.Options{Place: o.Place, Prefix: "/-/tus/", Log: o.Log})
	a.streams = newStreams()
	a.batches.source = o.Source
	a.batches.undone = func(int64) bool { return false }
	if o.Undone != nil {
		a.batches.undone = o.Undone.Has
	}
	if o.Tree != nil {
		a.batches.keeps, a.batches.heard = o.Tree.Keeps, o.Tree.Announced
	}
	text, err := json.Marshal(a.describe(newHuma(a.mux)))
	if err != nil {
		panic(err) // only values of ours are in it
	}
	a.document = text
	a.mux.HandleFunc("GET /-/api/openapi.json", a.serveDocument)
	a.mux.HandleFunc("GET /-/events", a.serveEvents)
	a.mux.HandleFunc("GET /-/qr", a.servePicture)
	a.mux.Handle("/-/tus/", a.uploads)
	return a
}

// operations registers everything that has a row in the document.
func (a *API) operations(h huma.API) {
	a.filesOperations(h)
	a.batchOperation(h)
	a.textOperation(h)
	a.preflightOperation(h)
	a.sessionOperations(h)
	a.shareOperations(h)
	a.statusOperations(h)
	a.activityOperations(h)
	a.transferOperations(h)
	a.adminOperations(h)
	a.desktopOperations(h)
	a.networksOperations(h)
	a.peopleOperations(h)
	a.askingOperations(h)
	a.answerOperations(h)
	a.accountOperations(h)
	a.diagnosisOperations(h)
}

// Close ends the event streams and uploads that are under way; what arrived of those is kept.
func (a *API) Close() {
	a.streams.close()
	a.uploads.Close()
}

// ServeHTTP checks where a request comes from and who sent it, then lets an operation answer.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	w.Header().Set("Referrer-Policy", "no-referrer")
	if p := a.foreign(r); p != nil {
		p.Write(w)
		return
	}
	id, err := a.o.Identity(r)
	if err == nil && id.Kind == access.Owner && !a.o.Control {
		// Nobody is the owner from outside, whatever a credential says.
		a.o.Log.Error("an owner was seen on a listener that is not the control listener", "path", r.URL.Path)
		err = problem.SignIn()
	}
	if err != nil {
		problem.For(err, access.Identity{}).Write(w)
		return
	}
	c := &caller{api: a, w: w, id: id, eye: id}
	c.r = r.WithContext(context.WithValue(r.Context(), callerKey{}, c))
	if c.r.Body != nil && r.Body != http.NoBody && !a.streaming(r) {
		c.r.Body = newPatient(w, r.Body)
	}
	handler, pattern := a.mux.Handler(c.r)
	if pattern == "" {
		refuse(handler, w, c.r)
		return
	}
	a.mux.ServeHTTP(w, c.r)
}
