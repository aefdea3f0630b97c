package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
)

// TestFullSegments: big answers go in full segments, a small one in one with its header, and nothing
// is kept back on a connection that waits for the next request.
func TestFullSegments(t *testing.T) {
	h := &house{House: protocoltest.NewHouse(t), t: t}
	d := New(Options{Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}, Log: testLog(t),
		Front: NewFront(FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})})
	note := d.server.ConnState
	server, idle := make(chan net.Conn, 1), make(chan bool, 1)
	d.server.ConnState = func(c net.Conn, s http.ConnState) {
		switch note(c, s); s {
		case http.StateNew:
			server <- c
		case http.StateIdle:
			idle <- true
		}
	}
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	const big, small = 64 << 20, 4 << 10
	h.disk("big.bin", strings.Repeat("x", big))
	h.disk("small.bin", strings.Repeat("y", small))
	h.disk("many/a.bin", strings.Repeat("a", big/2))
	h.disk("many/b.bin", strings.Repeat("b", big/2))
	conn, err := net.Dial("tcp", d.Addrs()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	var theirs net.Conn
	for _, path := range []string{"/files/big.bin", "/files/small.bin", "/files/many/?zip", "/files/small.bin"} {
		before := segments(t, conn)
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
		if theirs == nil {
			theirs = <-server
		}
		bulky := path != "/files/small.bin"
		if bulky { // more than the connection holds: it stands while nobody reads
			eventually(t, "segments are filled", func() bool { return option(t, theirs, unix.TCP_CORK) == 1 })
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if err != nil || n < small || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %d bytes, %v", path, resp.Status, n, err)
		}
		if got := segments(t, conn) - before; !bulky && got != 1 {
			t.Errorf("%s came in %d segments", path, got)
		}
		<-idle
		if option(t, theirs, unix.TCP_CORK) != 0 {
			t.Errorf("after %s the connection keeps back what is not full", path)
		}
	}
}

// option reads an option of TCP.
func option(t *testing.T, c net.Conn, name int) (value int) {
	control(t, c, func(fd int) (err error) {
		value, err = unix.GetsockoptInt(fd, unix.IPPROTO_TCP, name)
		return err
	})
	return value
}

// segments counts those with data that came in.
func segments(t *testing.T, c net.Conn) (n uint32) {
	control(t, c, func(fd int) error {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err == nil {
			n = info.Data_segs_in
		}
		return err
	})
	return n
}

// control reaches the descriptor of a TCP connection.
func control(t *testing.T, c net.Conn, do func(fd int) error) {
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) {
			if err := do(int(fd)); err != nil {
				t.Error(err)
			}
		})
	}
	if err != nil {
		t.Error(err)
	}
}
