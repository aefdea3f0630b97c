package stream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/listen"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo answers line by line; "in" signs in, "panic" panics, "end" ends.
func echo(_ context.Context, c *Conn) {
	for in := bufio.NewScanner(c); in.Scan(); {
		switch in.Text() {
		case "in":
			c.SignedIn()
		case "panic":
			panic("asked for")
		case "end":
			return
		}
		io.WriteString(c, in.Text()+"\n")
	}
}

func start(t *testing.T, o Options) (*Server, string) {
	t.Helper()
	o.Listen.Addrs = []string{"127.0.0.1:0"}
	s := New(o)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, s.Addrs()[0].String()
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.Stop(ctx)
}

type client struct {
	net.Conn
	in *bufio.Reader
}

func dial(t *testing.T, addr string) client {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return client{c, bufio.NewReader(c)}
}

func (c client) ask(line string) (string, error) {
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		return "", err
	}
	return c.in.ReadString('\n')
}

func (c client) want(t *testing.T, line string) {
	t.Helper()
	if got, err := c.ask(line); err != nil || got != line+"\n" {
		t.Fatalf("%q: %q, %v", line, got, err)
	}
}

// gone checks that a connection was closed.
func (c client) gone(t *testing.T) {
	t.Helper()
	if rest, err := io.ReadAll(c.in); err != nil && !errors.Is(err, io.EOF) && len(rest) == 0 {
		var reset *net.OpError
		if !errors.As(err, &reset) {
			t.Fatal(err)
		}
	}
}

// TestNewcomersGoFirst: when an address has too many connections, the oldest that has not signed in
// goes; who has signed in stays, and when all have, the newcomer goes and is told.
func TestNewcomersGoFirst(t *testing.T) {
	var away atomic.Int32
	told := listen.Spec{Away: func(from netip.Addr, why listen.Reason) {
		if from != netip.MustParseAddr("127.0.0.1") || why != listen.Crowd(true) {
			t.Errorf("told of %v: %v", from, why)
		}
		away.Add(1)
	}}
	s, addr := start(t, Options{Listen: told, Each: 2, Serve: echo, Full: func(c net.Conn) { io.WriteString(c, "full\n") }})
	defer stop(t, s)
	known, idle := dial(t, addr), dial(t, addr)
	known.want(t, "in")
	idle.want(t, "hello")
	other := dial(t, addr)
	other.want(t, "in")
	if line, _ := idle.in.ReadString('\n'); line != "full\n" {
		t.Errorf("who had to go was told %q", line)
	}
	idle.gone(t)
	late := dial(t, addr)
	if line, _ := late.in.ReadString('\n'); line != "full\n" {
		t.Errorf("the newcomer was told %q", line)
	}
	if n := away.Load(); n != 2 {
		t.Errorf("%d were told of as turned away", n)
	}
	known.want(t, "still here")
	other.want(t, "me too")
	if at := s.Connected(); len(at) != 1 || at[0] != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("connected: %v", at)
	}
}

// TestCrowdOfOthers: when there are too many in all, the oldest goes for the newcomer, and it is the
// newcomer's address of which is told that the next came from there.
func TestCrowdOfOthers(t *testing.T) {
	told := make(chan netip.Addr, 1)
	s, addr := start(t, Options{Listen: listen.Spec{Away: func(from netip.Addr, why listen.Reason) {
		if why != listen.Crowd(false) {
			t.Errorf("told of %v: %v", from, why)
		}
		told <- from
	}}, Most: 1, Serve: echo})
	defer stop(t, s)
	idle := dial(t, addr)
	idle.want(t, "hello")
	other := netip.MustParseAddr("127.0.0.2")
	d := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(other, 0))}
	next, err := d.Dial("tcp", addr)
	if err != nil {
		t.Skip("this computer has one address of its own only")
	}
	defer next.Close()
	idle.gone(t)
	if from := <-told; from != other {
		t.Errorf("told of %v", from)
	}
}

// TestPanic: a connection whose code panics ends; the others do not.
func TestPanic(t *testing.T) {
	s, addr := start(t, Options{Serve: echo})
	defer stop(t, s)
	bad, good := dial(t, addr), dial(t, addr)
	good.want(t, "one")
	io.WriteString(bad, "panic\n")
	bad.gone(t)
	good.want(t, "two")
}

// TestStop: nobody comes in any more; who is inside may finish, until they are cut.
func TestStop(t *testing.T) {
	var knocks atomic.Int32
	s, addr := start(t, Options{Listen: listen.Spec{Knock: func(netip.Addr) { knocks.Add(1) }}, Serve: echo})
	ends, stays := dial(t, addr), dial(t, addr)
	ends.want(t, "one")
	stays.want(t, "one")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Stop(ctx) }()
	<-s.leaving
	for {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			break
		}
		c.Close()
	}
	ends.want(t, "two")
	io.WriteString(ends, "end\n")
	ends.gone(t)
	stays.want(t, "three")
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("stop: %v", err)
	}
	stays.gone(t)
	if len(s.Connected()) != 0 || knocks.Load() < 2 {
		t.Errorf("connected %v, knocks %d", s.Connected(), knocks.Load())
	}
}
