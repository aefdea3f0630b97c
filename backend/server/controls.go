package server

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portico/backend/account"
	"portico/backend/protocol/web"
	"portico/backend/server/control"
)

// controlListener is one way by which the owner alone gets in.
type controlListener struct {
	server *http.Server
	done   chan struct{}
	url    string // of the one on loopback
	token  string
	file   string // holds the token while it is of use
}

// openControl opens the control socket, and the loopback listener if that is wished.
func (s *Server) openControl() error {
	l, err := control.Listen(s.o.Data)
	if err != nil {
		return err
	}
	inside := s.inside()
	s.control = append(s.control, s.serveControl(l, inside))
	if !s.o.Loopback {
		return nil
	}
	l, err = net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	token := rand.Text()
	c := s.serveControl(l, &tokenGuard{next: inside, page: newWindowPage(), token: token, host: l.Addr().String()})
	c.url, c.token, c.file = "http://"+l.Addr().String(), token, filepath.Join(s.o.Data, "control.token")
	s.control = append(s.control, c)
	return os.WriteFile(c.file, []byte(token+"\n"), 0o600)
}

func (s *Server) serveControl(l net.Listener, h http.Handler) *controlListener {
	c := &controlListener{done: make(chan struct{}), server: &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}}
	go func() {
		defer close(c.done)
		if err := c.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("a control listener ended", "error", err)
		}
	}()
	return c
}

func (c *controlListener) close() error {
	err := c.server.Close()
	<-c.done
	if c.file != "" {
		err = errors.Join(err, os.Remove(c.file))
	}
	return err
}

// Control returns the address of the loopback control listener and its token; "" when it is closed.
// Requests need the token in the header X-Portico-Token.
func (s *Server) Control() (url, token string) {
	for _, c := range s.control {
		if c.url != "" {
			return c.url, c.token
		}
	}
	return "", ""
}

// inside is what the owner sees: the same house as everybody, the owner's operations, and a look into
// the running program.
func (s *Server) inside() http.Handler {
	house := web.Trusted(web.New(s.webOptions(s.inner)).Handler(), account.Owner())
	mux := http.NewServeMux()
	mux.HandleFunc("POST /-/console/verify", s.serveVerify)
	mux.HandleFunc("POST /-/console/{operation}", s.serveConsole)
	mux.HandleFunc("/-/debug/pprof/", func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/-")
		pprof.Index(w, r)
	})
	mux.HandleFunc("/-/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/-/debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The mux cleans paths and redirects; names of the tree must reach vfs as they came.
		if strings.HasPrefix(r.URL.Path, "/-/console/") || strings.HasPrefix(r.URL.Path, "/-/debug/") {
			mux.ServeHTTP(w, r)
			return
		}
		house.ServeHTTP(w, r)
	})
}

// tokenGuard admits requests that carry the token and come from our own page; the page itself needs no
// token, but the exact host. Cookies would not do: they ignore ports, so every page on loopback would
// share them.
type tokenGuard struct {
	next  http.Handler
	page  *windowPage
	token string
	host  string // 127.0.0.1:PORT
}

func (g *tokenGuard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	ours := r.Host == g.host && (origin == "" || origin == "http://"+g.host)
	if ours && g.page.takes(r) {
		g.page.ServeHTTP(w, r)
		return
	}
	right := subtle.ConstantTimeCompare([]byte(r.Header.Get("X-Portico-Token")), []byte(g.token)) == 1
	if !ours || !right {
		http.Error(w, "not for you", http.StatusForbidden)
		return
	}
	g.next.ServeHTTP(w, r)
}

// Client returns a client of the instance that is the master of a data folder; requests fail with
// control.ErrNotRunning when there is none.
func Client(data string) *http.Client { return control.Client(data) }

// Dial tells whether an instance is the master of a data folder.
func Dial(ctx context.Context, data string) error {
	c, err := control.Dial(ctx, data)
	if err != nil {
		return err
	}
	return c.Close()
}
