package web

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
)

// TestOnePort: HTTP/1.1, HTTPS, HTTP/2 and HTTP/2 without TLS by their first bytes.
func TestOnePort(t *testing.T) {
	h := newHouse(t, func(s *setup) { s.tls = true })
	h.disk("a.txt", "hello")
	secure := strings.Replace(h.url, "http:", "https:", 1)
	for _, args := range [][]string{
		{"--http1.1", h.url}, {"--http1.0", h.url}, {"-k", "--http1.1", secure}, {"-k", "--http2", secure}, {"--http2-prior-knowledge", h.url},
	} {
		url := args[len(args)-1] + "/files/a.txt"
		out := h.mustCurl(append(args[:len(args)-1], "-w", " %{http_version}", url)...)
		if want := map[string]string{"--http1.0": "1", "--http2": "2", "--http2-prior-knowledge": "2"}[args[len(args)-2]]; !strings.HasPrefix(out, "hello ") || want != "" && !strings.HasSuffix(out, want) && want != "1" {
			t.Errorf("%v: %q", args, out)
		}
	}
	// a plain request on a door that has TLS, and the reverse, on connections that are reused
	for range 3 {
		h.do("GET", "/files/a.txt").want(t, 200, "hello")
	}
	out := h.mustCurl("-k", "-T", h.file("up.bin", 5<<20), "-u", "alice:alice-password", secure+"/files/")
	if out != secure+"/files/up.bin\n" {
		t.Errorf("upload: %q", out)
	}
}

func TestPlainDoorRefusesTLS(t *testing.T) {
	h := newHouse(t, nil)
	if _, err := tls.Dial("tcp", h.door.Addrs()[0].String(), &tls.Config{InsecureSkipVerify: true}); err == nil {
		t.Error("a handshake without a certificate")
	}
	h.disk("a.txt", "x")
	h.do("GET", "/files/a.txt").want(t, 200)
}

// TestSilentConnections: those that send nothing go, and never keep out one that speaks.
func TestSilentConnections(t *testing.T) {
	impatient := newHouse(t, func(s *setup) { s.door.Limits.Peek = 100 * time.Millisecond })
	first := impatient.dial()
	if _, err := first.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("a silent connection ended with %v", err)
	}
	h := newHouse(t, nil)
	h.disk("a.txt", "x")
	oldest := h.dial()
	eventually(t, "it is seen", func() bool { return h.silent() >= 1 })
	for range maxPeeks {
		h.dial()
	}
	if _, err := oldest.Read(make([]byte, 1)); err == nil {
		t.Error("the oldest silent connection was kept")
	}
	h.do("GET", "/files/a.txt").want(t, 200)
}

func (h *house) silent() (n int) {
	h.door.split.mu.Lock()
	defer h.door.split.mu.Unlock()
	for _, c := range h.door.split.slots {
		if c != nil {
			n++
		}
	}
	return n
}

func TestGarbage(t *testing.T) {
	var away protocoltest.Away
	h := newHouse(t, func(s *setup) { s.tls = true; s.door.Limits.Header = 20 * time.Second; s.door.Listen = away.Spec() })
	h.disk("a.txt", "x")
	for name, sent := range map[string]string{
		"text":          "hello there\r\n\r\n",
		"zeros":         strings.Repeat("\x00", 2000),
		"tls garbage":   "\x16" + strings.Repeat("\xff", 2000),
		"ssh":           "SSH-2.0-OpenSSH_9\r\n",
		"smb":           "\x00\x00\x00\x85\xffSMBr",
		"bare newline":  "\n\n\n\n\n",
		"bad version":   "GET / HTTP/9.9\r\n\r\n",
		"no host":       "GET / HTTP/1.1\r\n\r\n",
		"both lengths":  "PUT /files/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n\r\n",
		"two lengths":   "PUT /files/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
		"minus length":  "PUT /files/x HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc",
		"no slash":      "GET files HTTP/1.1\r\nHost: x\r\n\r\n",
		"huge line":     "GET /" + strings.Repeat("a", 100<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"huge field":    "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 100<<10) + "\r\n\r\n",
		"many fields":   "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: aaaaaaaaaaaaaaaaaaaa\r\n", 5<<10) + "\r\n",
		"h2 preface":    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage that is no frame at all, long enough",
		"control bytes": "GET /\x01\x02 HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		c := h.dial()
		// A server that answers early may close while we still send.
		_, _ = io.WriteString(c, sent)
		_ = c.CloseWrite()
		data, err := io.ReadAll(c)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the connection stayed open", name)
		}
		if strings.Contains(string(data), "HTTP/1.1 2") {
			t.Errorf("%s: %.100q", name, data)
		}
	}
	h.do("GET", "/files/a.txt").want(t, 200)
	away.Want(t, "DOOR-NOISE-01", "not HTTP")
	if n := len(away.Reasons()); n != 1 {
		t.Errorf("%d lines: %v", n, away.Reasons())
	}
	if names := strings.Join(h.names("."), " "); names != "a.txt inbox private" {
		t.Errorf("on disk: %s", names)
	}
}

// TestSlowHeader: a header that comes drop by drop ends after its time.
func TestSlowHeader(t *testing.T) {
	var away protocoltest.Away
	h := newHouse(t, func(s *setup) { s.door.Limits.Header = 200 * time.Millisecond; s.door.Listen = away.Spec() })
	c := h.dial()
	stop := make(chan struct{})
	var feeding sync.WaitGroup
	feeding.Go(func() {
		for _, b := range []byte("GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 10000)) {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
			if _, err := c.Write([]byte{b}); err != nil {
				return
			}
		}
	})
	data, err := io.ReadAll(c)
	close(stop)
	feeding.Wait()
	if errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(string(data), "200 OK") {
		t.Errorf("%q %v", data, err)
	}
	away.Want(t, "DOOR-SLOW-01", "")
}

// TestCrowd: when too many connections are open the idle ones go first.
func TestCrowd(t *testing.T) {
	h := newHouse(t, func(s *setup) { s.door.Limits.Conns = 3; s.door.Limits.PerAddr = 100 })
	h.disk("a.txt", "x")
	var idle []*net.TCPConn
	for range 3 {
		c := h.dial()
		fmt.Fprint(c, "GET /files/a.txt HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Fatal(err)
		}
		idle = append(idle, c)
		eventually(t, "it is idle", func() bool { return h.idle() == len(idle) })
	}
	h.do("GET", "/files/a.txt").want(t, 200)
	if n := h.door.crowd.count(); n > 3 {
		t.Errorf("%d connections", n)
	}
	if _, err := idle[0].Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the oldest idle connection: %v", err)
	}
}

func (h *house) idle() (n int) {
	h.door.crowd.mu.Lock()
	defer h.door.crowd.mu.Unlock()
	for _, m := range h.door.crowd.conns {
		if m.state == http.StateIdle {
			n++
		}
	}
	return n
}

func TestCrowdPerAddress(t *testing.T) {
	var away protocoltest.Away
	c := newCrowd(Limits{Conns: 100, PerAddr: 2}, func(a netip.Addr) bool { return a == netip.MustParseAddr("10.0.0.9") }, away.Spec().TurnAway)
	enter := func(addr string) *fake {
		f := &fake{addr: addr}
		c.note(f, http.StateNew)
		return f
	}
	a, b := enter("10.0.0.1"), enter("10.0.0.1")
	c.note(a, http.StateActive)
	c.note(b, http.StateActive)
	if third := enter("10.0.0.1"); !third.closed || a.closed || b.closed {
		t.Error("a third busy connection of one address was taken")
	}
	if other := enter("10.0.0.2"); other.closed {
		t.Error("another address was refused")
	}
	c.note(a, http.StateIdle)
	if third := enter("10.0.0.1"); third.closed || !a.closed {
		t.Error("the idle one did not make way")
	}
	for range 10 {
		if proxy := enter("10.0.0.9"); proxy.closed {
			t.Error("a trusted proxy was refused")
		}
	}
	for conn := range c.conns {
		c.note(conn, http.StateClosed)
	}
	if len(c.from) != 0 || c.count() != 0 {
		t.Errorf("left: %v", c.from)
	}
	if n := away.Count("DOOR-CROWD-01"); n != 2 {
		t.Errorf("%d told of as too many", n)
	}
}

type fake struct {
	net.Conn
	addr   string
	closed bool
}

func (f *fake) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(f.addr), 1))
}
func (f *fake) Close() error { f.closed = true; return nil }

// TestStop: what runs may end, what does not end in time is cut, newcomers are refused.
func TestStop(t *testing.T) {
	for _, patient := range []bool{true, false} {
		t.Run(fmt.Sprint("patient ", patient), func(t *testing.T) {
			h := newHouse(t, nil)
			d := New(Options{Front: h.door.o.Front, Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}, Log: testLog(t)})
			if err := d.Start(context.Background()); err != nil {
				t.Fatal(err)
			}
			content := strings.Repeat("x", 64<<20)
			h.disk("big.bin", content)
			c, err := net.Dial("tcp", d.Addrs()[0].String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			fmt.Fprint(c, "GET /files/big.bin HTTP/1.1\r\nHost: x\r\n\r\n")
			eventually(t, "it is being sent", func() bool { return len(h.Tree.Transfers()) == 1 })
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			if !patient {
				cancel()
			}
			defer cancel()
			stopped := make(chan error, 1)
			go func() { stopped <- d.Stop(ctx) }()
			eventually(t, "newcomers are refused", func() bool {
				n, err := net.Dial("tcp", d.Addrs()[0].String())
				if err == nil {
					n.Close()
				}
				return err != nil
			})
			if patient {
				resp, err := http.ReadResponse(bufio.NewReader(c), nil)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, resp.Body); n != int64(len(content)) || err != nil {
					t.Errorf("%d bytes, %v", n, err)
				}
			}
			if err := <-stopped; (err == nil) != patient {
				t.Errorf("stop: %v", err)
			}
			if n := len(h.Tree.Transfers()); n != 0 {
				t.Errorf("%d transfers after the stop", n)
			}
		})
	}
}

// TestPanic: a broken handler is one answer, not the end.
func TestPanic(t *testing.T) {
	h := newHouse(t, func(s *setup) {
		s.door.Mounts = map[string]http.Handler{"plik": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "late" {
				fmt.Fprint(w, "begun")
			}
			panic("broken")
		})}
		s.door.Log = nil
	})
	h.do("GET", "/plik/x").want(t, 500)
	if _, err := h.curl(h.url + "/plik/x?late"); err == nil {
		t.Error("an answer that broke off looks whole")
	}
	h.do("GET", "/plikx").want(t, 404)
}
