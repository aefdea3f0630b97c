package web

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"portico/backend/archive"
	"portico/backend/listen"
	"portico/backend/media"
	"portico/backend/problem"
	"portico/frontend"
)

// Options of a Door.
type Options struct {
	Front  *Front
	API    http.Handler    // everything below "/-/" but pages and assets; nil: 404
	Thumbs *media.Thumbs   // ?th=; nil: the pictures themselves
	Pack   *archive.Packer // ?zip and ?tar; nil: a packer of its own
	// Mounts are handlers of other dialects by reserved first segment ("plik", "api" …).
	Mounts map[string]http.Handler
	DAV    DAV // nil: nobody speaks it

	Listen listen.Spec
	// Certificate answers TLS on the same ports (tls.Config.GetCertificate); nil: plain HTTP only.
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// Insist sends everybody who comes unencrypted to https.
	Insist bool
	// Known reports whether a Host header names this computer; nil: any does. The page of another site
	// whose name was made to point here (DNS rebinding) would otherwise act as a guest of this network.
	Known func(host string) bool
	// Host is what this computer is called on pages: "Studio laptop".
	Host   func() string
	Limits Limits
	Log    *slog.Logger
}

// Limits bound what one client can hold. Zero fields take the defaults.
type Limits struct {
	Peek     time.Duration // for the first byte of a connection; 5 s
	Header   time.Duration // for a request's header and the TLS handshake; 10 s
	Idle     time.Duration // between two requests; 2 min
	Window   time.Duration // a client that moves fewer than Least bytes in it is cut; 30 s
	Least    int64         // 16 KiB
	Headers  int           // bytes of a request's header; 32 KiB
	Conns    int           // connections in all; 4096
	PerAddr  int           // connections from one address; 512
	Archives int           // archives that are packed at once; 8
}

func (l Limits) filled() Limits {
	fill(&l.Peek, 5*time.Second)
	fill(&l.Header, 10*time.Second)
	fill(&l.Idle, 2*time.Minute)
	fill(&l.Window, 30*time.Second)
	fill(&l.Least, 16<<10)
	fill(&l.Headers, 32<<10)
	fill(&l.Conns, 4096)
	fill(&l.PerAddr, 512)
	fill(&l.Archives, 8)
	return l
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Door serves HTTP. Start and Stop are called once each; the rest is safe for concurrent use.
type Door struct {
	o      Options
	limits Limits
	log    *slog.Logger
	origin *http.CrossOriginProtection
	assets http.Handler
	pack   *archive.Packer
	turns  *turns

	watch   *watch
	crowd   *crowd
	server  *http.Server
	split   *split
	refused []*listen.RefusedError
	done    chan struct{}
	work    sync.WaitGroup // the server and the watch
}

// New prepares a door; nothing is opened before Start.
func New(o Options) *Door {
	l := o.Limits.filled()
	d := &Door{o: o, limits: l, log: o.Log, origin: http.NewCrossOriginProtection(), done: make(chan struct{})}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.o.Host == nil {
		d.o.Host = func() string { return "Portico" }
	}
	if d.pack = o.Pack; d.pack == nil {
		d.pack = archive.New(archive.Options{})
	}
	d.assets = frontend.AssetHandler()
	d.turns = newTurns(l.Archives)
	d.watch = newWatch(l.Window, l.Least)
	d.crowd = newCrowd(l, o.Front.trusted, o.Listen.TurnAway)
	d.server = d.newServer()
	return d
}

func (d *Door) newServer() *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           d.Handler(),
		ReadHeaderTimeout: d.limits.Header,
		IdleTimeout:       d.limits.Idle,
		MaxHeaderBytes:    d.limits.Headers,
		Protocols:         &protocols,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams:          128,
			MaxReceiveBufferPerConnection: 4<<20 - 1,
			MaxReceiveBufferPerStream:     1 << 20,
			SendPingTimeout:               d.limits.Window,
			PingTimeout:                   15 * time.Second,
		},
		TLSConfig:   d.tlsConfig(),
		ConnState:   d.crowd.note,
		ConnContext: connContext,
		ErrorLog:    slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}
}

func (d *Door) tlsConfig() *tls.Config {
	if d.o.Certificate == nil {
		return nil
	}
	return &tls.Config{GetCertificate: d.o.Certificate, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}
}

// Start opens the ports and serves until Stop; ctx bounds the opening only. The error of a port
// that cannot be had is a *listen.RefusedError.
func (d *Door) Start(ctx context.Context) error {
	opened, err := listen.Open(ctx, d.o.Listen)
	if err != nil {
		return err
	}
	d.refused = opened.Refused
	d.split = newSplit(opened.Listeners, d.server.TLSConfig, d.limits.Peek, d.o.Listen)
	d.work.Go(func() { d.watch.run(d.done) })
	d.work.Go(func() {
		if err := d.server.Serve(d.split); !errors.Is(err, http.ErrServerClosed) {
			d.log.Error("the HTTP door ended", "error", err)
		}
	})
	return nil
}

// Addrs returns the addresses that are open.
func (d *Door) Addrs() []netip.AddrPort {
	if d.split == nil {
		return nil
	}
	var out []netip.AddrPort
	for _, l := range d.split.ls {
		out = append(out, l.Addr().(*net.TCPAddr).AddrPort())
	}
	return out
}

// Connected returns the addresses from which connections are open now.
func (d *Door) Connected() []netip.Addr { return d.crowd.addrs() }

// Refused tells which wanted ports could not be had, where Start moved on to another.
func (d *Door) Refused() []*listen.RefusedError { return d.refused }

// Stop refuses new connections, lets running transfers end until ctx does, then cuts them. It
// returns when no request is under way any more. Stop after Start only.
func (d *Door) Stop(ctx context.Context) error {
	err := d.server.Shutdown(ctx)
	if err != nil {
		d.server.Close()
		d.watch.cutAll()
	}
	if d.split != nil {
		d.split.Close()
	}
	close(d.done)
	d.work.Wait()
	if !d.watch.drained(stopGrace) {
		return errors.Join(err, errors.New("requests still run: a disk does not answer"))
	}
	return err
}

// stopGrace is how long requests may take to notice that they were cut.
const stopGrace = 5 * time.Second

// Handler serves one request. Start uses it; so can another server, over a Unix socket for example,
// wrapped in Trusted.
func (d *Door) Handler() http.Handler { return http.HandlerFunc(d.serve) }

// serve surrounds every request: watched, mended after a panic, its sessions closed at the end.
func (d *Door) serve(w http.ResponseWriter, r *http.Request) {
	if l := linkOf(r.Context()); l != nil && !l.asked.Swap(true) {
		d.crowd.asks(l.conn)
	}
	f := newFlow(w, r)
	d.watch.enter(f)
	defer f.finish(d.limits.Window)
	defer d.watch.leave(f)
	// What begin returns is a copy, so that the server still knows the body of its own request: an answer
	// to "Expect: 100-continue" then goes out at once, and not when curl has tired of waiting for a 100.
	r, visit := d.o.Front.begin(f, r)
	defer visit.close()
	f.follow(r)
	defer d.mend(f, r)
	if !d.insist(f, r, visit.origin) {
		d.route(f, r)
	}
}

// mend turns a panic into an answer where none was begun, else into a cut connection.
func (d *Door) mend(f *flow, r *http.Request) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler:
		panic(p)
	default:
		d.log.Error("a request panicked", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
		if f.began {
			panic(http.ErrAbortHandler)
		}
		problem.Broken().Write(f)
	}
}
