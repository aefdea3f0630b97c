package stream

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"portico/backend/listen"
)

// Options of a Server.
type Options struct {
	Listen listen.Spec
	Most   int // connections in all; 4096
	Each   int // connections from one address; 512
	// Full answers a connection for which there is no room, before it is closed; nil: nothing is said.
	// It must not read, and what it writes is dropped when the client does not take it at once.
	Full func(net.Conn)
	// Serve speaks with one client and returns when it is done; the connection is closed behind it.
	// ctx ends when the server is to cut it; Conn.Leaving tells before that to finish.
	Serve func(ctx context.Context, c *Conn)
	Log   *slog.Logger
}

// Server accepts connections. Start and Stop are called once each; the rest is safe for concurrent use.
type Server struct {
	o       Options
	ls      []*net.TCPListener
	refused []*listen.RefusedError
	crowd   *crowd
	leaving chan struct{}
	life    context.Context
	cut     context.CancelFunc
	accepts sync.WaitGroup
	work    sync.WaitGroup
}

// New prepares a server; nothing is opened before Start.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Most <= 0 {
		o.Most = 4096
	}
	if o.Each <= 0 {
		o.Each = 512
	}
	s := &Server{o: o, crowd: newCrowd(o.Most, o.Each), leaving: make(chan struct{})}
	s.life, s.cut = context.WithCancel(context.Background())
	return s
}

// Start opens the ports and serves until Stop; ctx bounds the opening only. The error of a port that
// cannot be had is a *listen.RefusedError.
func (s *Server) Start(ctx context.Context) error {
	opened, err := listen.Open(ctx, s.o.Listen)
	if err != nil {
		return err
	}
	s.ls, s.refused = opened.Listeners, opened.Refused
	for _, l := range s.ls {
		s.accepts.Go(func() { s.accept(l) })
	}
	return nil
}

// Addrs returns the addresses that are open.
func (s *Server) Addrs() []netip.AddrPort {
	var out []netip.AddrPort
	for _, l := range s.ls {
		out = append(out, l.Addr().(*net.TCPAddr).AddrPort())
	}
	return out
}

// Refused tells which wanted ports could not be had, where Start moved on to another.
func (s *Server) Refused() []*listen.RefusedError { return s.refused }

// Connected returns the addresses from which connections are open now.
func (s *Server) Connected() []netip.Addr { return s.crowd.addrs() }

// Stop refuses new connections and asks those that are open to leave; when ctx ends, they are cut. It
// returns when none is served any more.
func (s *Server) Stop(ctx context.Context) error {
	for _, l := range s.ls {
		l.Close()
	}
	close(s.leaving)
	s.accepts.Wait()
	done := make(chan struct{})
	go func() {
		s.work.Wait()
		close(done)
	}()
	defer s.cut()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	s.cut()
	s.crowd.closeAll()
	<-done
	return ctx.Err()
}

func (s *Server) accept(l *net.TCPListener) {
	for wait := time.Duration(0); ; {
		c, err := l.AcceptTCP()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // out of descriptors, most likely: others have to end first
			wait = min(max(2*wait, 5*time.Millisecond), time.Second)
			s.o.Log.Warn("a connection could not be accepted", "error", err)
			select {
			case <-s.leaving:
				return
			case <-time.After(wait):
			}
			continue
		}
		wait = 0
		s.o.Listen.Came(c)
		s.enter(c)
	}
}

// enter serves a connection if there is room for it.
func (s *Server) enter(tcp *net.TCPConn) {
	c := &Conn{Conn: tcp, crowd: s.crowd, leaving: s.leaving, since: time.Now()}
	gone, ok, alone := s.crowd.enter(c)
	if gone != nil || !ok {
		s.o.Listen.TurnAway(c.Remote(), listen.Crowd(alone)) // who goes need not be who came too often
	}
	if gone != nil {
		s.turnAway(gone)
	}
	if !ok {
		s.turnAway(c)
		return
	}
	s.work.Go(func() {
		defer s.crowd.leave(c)
		defer tcp.Close()
		defer s.mend(c)
		s.o.Serve(s.life, c)
	})
}

// turnAway says that there is no room, as far as that can be said without waiting.
func (s *Server) turnAway(c *Conn) {
	if s.o.Full != nil {
		c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		s.o.Full(c.Conn)
	}
	c.Close()
}

// TurnAway tells of a client that is turned away for what it said, or did not say. Closing its connection
// is the caller's.
func (s *Server) TurnAway(c *Conn, why listen.Reason) { s.o.Listen.TurnAway(c.Remote(), why) }

func (s *Server) mend(c *Conn) {
	if p := recover(); p != nil {
		s.o.Log.Error("a connection panicked", "remote", c.RemoteAddr(), "panic", p, "stack", string(debug.Stack()))
	}
}
