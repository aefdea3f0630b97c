package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/device"
	"portico/backend/share"
	"portico/backend/vfs"
)

// doorName labels what comes through this door.
const doorName = "http"

// FrontOptions of a Front.
type FrontOptions struct {
	Tree     *vfs.Tree
	Accounts *account.Accounts
	Shares   *share.Shares
	Proxies  []netip.Prefix // who is believed about where a request came from
	// ProxyHeader is the header in which they tell the address: X-Forwarded-For (also ""), X-Real-IP
	// or Forwarded.
	ProxyHeader string
	Log         *slog.Logger
}

// Front knows who sends a request and which session a URL path belongs to. One Front serves the
// tree and the API alike. It is safe for concurrent use.
type Front struct {
	o       FrontOptions
	proxies atomic.Pointer[proxies]
}

// NewFront returns a Front.
func NewFront(o FrontOptions) *Front {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	f := &Front{o: o}
	f.SetProxies(o.Proxies, o.ProxyHeader)
	return f
}

// visit is one request: who sent it and the sessions it needed, each made once.
type visit struct {
	front  *Front
	origin origin
	w      http.ResponseWriter // a share's pass goes into its header

	mu       sync.Mutex
	who      *caller
	secret   string // by which the visitor is known again
	sessions []*opened
}

// opened is a session and what the page says of it.
type opened struct {
	*vfs.Session
	key   string      // of the share as it was asked for; "" is the tree, homeKey the caller's home
	share share.Share // zero for the tree
	err   error
}

type visitKey struct{}

// begin starts a visit. The request it returns tells the real client's address and host, also where
// a trusted proxy stands between.
func (f *Front) begin(w http.ResponseWriter, r *http.Request) (*http.Request, *visit) {
	v := &visit{front: f, origin: f.originOf(r), w: w}
	r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
	r.Host = v.origin.host
	if v.origin.addr.IsValid() && v.origin.moved {
		r.RemoteAddr = net.JoinHostPort(v.origin.remote(), "0")
	}
	return r, v
}

var errNoVisit = errors.New("web: the request did not come through a Door")

func visitOf(r *http.Request) (*visit, error) {
	v, ok := r.Context().Value(visitKey{}).(*visit)
	if !ok {
		return nil, errNoVisit
	}
	return v, nil
}

// close ends the sessions of the request.
func (v *visit) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range v.sessions {
		if s.Session != nil {
			s.Close()
		}
	}
}

// caller judges the credentials, once.
func (v *visit) caller(r *http.Request) caller {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.judged(r)
}

func (v *visit) judged(r *http.Request) caller {
	if v.who == nil {
		who := v.front.judge(r.Context(), r, v.origin)
		v.who = &who
	}
	return *v.who
}

// Identity says who sent r by its credentials alone, a guest where there are none. The error is one
// of account's.
func (f *Front) Identity(r *http.Request) (access.Identity, error) {
	v, err := visitOf(r)
	if err != nil {
		return access.Identity{}, err
	}
	who := v.caller(r)
	return who.identity, who.err
}

// Secure reports whether the client reached us over TLS, perhaps through a trusted proxy.
func (f *Front) Secure(r *http.Request) bool {
	v, err := visitOf(r)
	return err == nil && v.origin.secure
}

// Place turns a URL path, decoded once and otherwise as the browser sees it, into a session and the
// name in that session's tree: "/s/KEY/x" is "/x" in a share's tree, everything else the tree of
// whoever shows the request's credentials. The session belongs to the request, is the same for the
// same tree, and ends with it. The path is not cleaned here; that is vfs's.
func (f *Front) Place(r *http.Request, urlPath string) (*vfs.Session, string, error) {
	s, name, err := f.place(r, urlPath)
	if err != nil {
		return nil, "", err
	}
	return s.Session, name, nil
}

func (f *Front) place(r *http.Request, urlPath string) (*opened, string, error) {
	v, err := visitOf(r)
	if err != nil {
		return nil, "", err
	}
	if rest, ok := cutHome(urlPath); ok {
		s := v.open(r, homeKey)
		if s.err != nil {
			return nil, "", s.err
		}
		return s, "/" + strings.TrimPrefix(rest, "/"), nil
	}
	key, rest := cutShare(urlPath)
	folded := share.Fold(key)
	if folded == "" && isShort(urlPath) {
		return nil, "", share.ErrNone
	}
	s := v.open(r, folded)
	if s.err != nil {
		return nil, "", s.err
	}
	if rest == "" {
		rest = "/"
	}
	return s, rest, nil
}

// isShort reports whether a path lies below "/s".
func isShort(path string) bool {
	return len(path) >= 2 && strings.EqualFold(path[:2], "/s") && (len(path) == 2 || path[2] == '/')
}

// open returns the session of a share, or of the tree for "".
func (v *visit) open(r *http.Request, key string) *opened {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range v.sessions {
		if s.key == key {
			return s
		}
	}
	s := &opened{key: key}
	v.sessions = append(v.sessions, s)
	var id access.Identity
	door := doorName
	switch key {
	case "":
		who := v.judged(r)
		id, s.err = who.identity, who.err
	case homeKey:
		door = "webdav"
		id, s.err = v.home(r)
	default:
		id, s.share, s.err = v.enter(r, key)
	}
	if s.err == nil {
		o := vfs.Origin{Door: door, Remote: v.origin.remote(), Visit: v.known(r, id), Client: client(r), Committed: true}
		batchOf(r.Header.Get("X-Portico-Batch"), &o)
		s.Session = v.front.o.Tree.Session(r.Context(), id, o)
	}
	return s
}

// enter opens a share for whoever shows its key, and lets browsers keep what they are given.
func (v *visit) enter(r *http.Request, key string) (access.Identity, share.Share, error) {
	id, about, err := v.front.o.Shares.Open(r.Context(), key, v.visitor(r, key))
	if err == nil && about.Pass != "" && browser(r) {
		keep(v.w, passName(key, v.origin.secure), about.Pass, v.origin.secure, passLife)
	}
	v.keepDevice(v.w, r, err)
	return id, about, err
}

// client is what a client calls itself, with what it says of itself elsewhere.
func client(r *http.Request) string {
	return device.Expand(r.UserAgent(), device.HintsOf(r.Header.Get))
}

// visitor is who shows a key. Programs show a share's password as Basic's, or as PW or pw.
func (v *visit) visitor(r *http.Request, key string) share.Visitor {
	from := share.Visitor{Remote: v.origin.addr, Forwarded: v.origin.forwarded, Door: doorName, Client: client(r), Browser: browser(r)}
	if c, err := r.Cookie(passName(key, v.origin.secure)); err == nil {
		from.Pass = c.Value
	}
	if c, err := r.Cookie(deviceName(v.origin.secure)); err == nil {
		from.Device = c.Value
	}
	if c, err := r.Cookie(knownName(v.origin.secure)); err == nil {
		from.Visit = digest(c.Value)
	}
	if from.Password = basicSecret(r); from.Password == "" {
		from.Password = plainSecret(r)
	}
	return from
}
