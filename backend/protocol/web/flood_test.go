package web

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// TestHugeHeaders: megabytes of header are refused long before they are all there, whatever carries them.
func TestHugeHeaders(t *testing.T) {
	h := newHouse(t, func(s *setup) { s.tls = true })
	h.disk("a.txt", "hello")
	for _, secure := range []bool{false, true} {
		c := h.connect(secure, "http/1.1")
		line := "X-Filler: " + strings.Repeat("a", 1000) + "\r\n"
		sent, err := io.WriteString(c, "GET /files/a.txt HTTP/1.1\r\nHost: x\r\n")
		for err == nil && sent < 8<<20 {
			var n int
			n, err = io.WriteString(c, line)
			sent += n
		}
		data, _ := io.ReadAll(c)
		if err == nil || bytes.Contains(data, []byte("hello")) {
			t.Errorf("HTTP/1.1, TLS %v: %d bytes of header were taken, %.60q", secure, sent, data)
		}
	}
	h.do("GET", "/files/a.txt").want(t, 200, "hello")
}

// TestFloods: what a client of HTTP/2 sends without end, because it costs it nothing, is bounded: a
// header is cut off, of everything else no more is under way than the streams it may have, nothing is
// left behind, and others are served meanwhile.
func TestFloods(t *testing.T) {
	h := newHouse(t, func(s *setup) { s.tls = true })
	h.disk("a.txt", strings.Repeat("hello", 10_000))
	for _, c := range []struct {
		name  string
		flood func(f *flooder, i int) error
		taken bool // it may go on while the server keeps up
	}{
		{"headers without end", (*flooder).header, false},
		{"requests taken back", (*flooder).reset, true},
		{"requests not read", (*flooder).request, true},
		{"pings", (*flooder).ping, true},
		{"settings", (*flooder).settings, true},
	} {
		h.flood(c.name, true, c.flood, c.taken)
	}
	h.flood("headers without end", false, (*flooder).header, false)
	eventually(t, "nothing is left of them", func() bool { return h.flows() == 0 && len(h.Tree.Transfers()) == 0 })
}

func (h *house) flood(name string, secure bool, send func(*flooder, int) error, taken bool) {
	const look = 5_000
	most := 3_000_000
	if taken {
		most = 15_000
	}
	c := h.connect(secure, "h2")
	defer c.Close()
	f := newFlooder(h.t, c)
	var err error
	sent := 0
	for sent < most && err == nil {
		if err = send(f, sent); sent%look == look/2 {
			if n := h.flows(); n > 128+1 {
				h.t.Errorf("%s: %d requests are under way", name, n)
			}
			h.do("GET", "/files/a.txt").want(h.t, 200)
		}
		sent++
	}
	if errors.Is(err, os.ErrDeadlineExceeded) || err == nil && !taken {
		h.t.Errorf("%s, TLS %v: still welcome after %d, %v", name, secure, sent, err)
	}
}

// flows counts the requests under way.
func (h *house) flows() int {
	h.door.watch.mu.Lock()
	defer h.door.watch.mu.Unlock()
	return len(h.door.watch.flows)
}

// connect opens a connection that gives up after a while.
func (h *house) connect(secure bool, protocol string) net.Conn {
	h.t.Helper()
	bare := h.dial()
	// Little room for answers that nobody reads: the server feels at once that they are not.
	err := bare.SetReadBuffer(4 << 10)
	if err == nil {
		err = bare.SetDeadline(time.Now().Add(2 * time.Minute))
	}
	c := net.Conn(bare)
	if secure {
		over := tls.Client(bare, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{protocol}})
		c = over
		if err == nil {
			err = over.Handshake()
		}
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// flooder writes frames of HTTP/2 (RFC 9113, section 4.1) and reads none.
type flooder struct{ net.Conn }

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Frames and flags.
const (
	frameHeaders, frameReset, frameSettings, framePing, frameContinuation = 1, 3, 4, 6, 9
	endStream, endHeaders                                                 = 1, 4
)

func newFlooder(t *testing.T, c net.Conn) *flooder {
	t.Helper()
	f := &flooder{c}
	_, err := io.WriteString(c, preface)
	if err == nil {
		err = f.settings(0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *flooder) frame(kind, flags byte, stream int, payload string) error {
	b := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	b = binary.BigEndian.AppendUint32(b, uint32(stream))
	_, err := f.Write(append(b, payload...))
	return err
}

// field is a literal of HPACK that is never indexed (RFC 7541, 6.2.3); both parts under 127 bytes.
func field(name, value string) string {
	return "\x10" + string(byte(len(name))) + name + string(byte(len(value))) + value
}

func asking() string {
	return field(":method", "GET") + field(":scheme", "http") + field(":authority", "x") + field(":path", "/files/a.txt")
}

func (f *flooder) ping(int) error     { return f.frame(framePing, 0, 0, "12345678") }
func (f *flooder) settings(int) error { return f.frame(frameSettings, 0, 0, "") }

func (f *flooder) header(i int) error {
	if i == 0 {
		return f.frame(frameHeaders, endStream, 1, asking())
	}
	return f.frame(frameContinuation, 0, 1, strings.Repeat(field("x-filler", strings.Repeat("a", 100)), 10))
}

func (f *flooder) request(i int) error {
	return f.frame(frameHeaders, endStream|endHeaders, 2*i+1, asking())
}

func (f *flooder) reset(i int) error {
	if err := f.request(i); err != nil {
		return err
	}
	return f.frame(frameReset, 0, 2*i+1, "\x00\x00\x00\x08")
}
