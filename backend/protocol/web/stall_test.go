package web

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/vfs"
)

// quick makes the watch's window short.
func quick(s *setup) { s.door.Limits.Window = 300 * time.Millisecond }

// TestStalledUpload: a client that stops sending is cut, and nothing of it stays.
func TestStalledUpload(t *testing.T) {
	h := newHouse(t, quick)
	c := h.dial()
	fmt.Fprintf(c, "PUT /files/x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6YWxpY2UtcGFzc3dvcmQ=\r\nContent-Length: 1000000\r\n\r\nsome")
	_, err := io.ReadAll(c)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the connection stayed open")
	}
	eventually(t, "nothing is open", func() bool { return len(h.Tree.Transfers()) == 0 })
	if names := strings.Join(h.names("."), " "); names != "inbox private" {
		t.Errorf("on disk: %s", names)
	}
}

// TestStoppedUpload: who is stopped is told at once, also while nothing more is sent of a body whose end
// nobody knows, and is not read on for the sake of the connection.
func TestStoppedUpload(t *testing.T) {
	h := newHouse(t, nil)
	for _, length := range []string{"Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n", "Content-Length: 100000\r\n\r\nsome"} {
		c := h.dial()
		fmt.Fprintf(c, "PUT /files/x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6YWxpY2UtcGFzc3dvcmQ=\r\n%s", length)
		var open []vfs.Transfer
		eventually(t, "it is received", func() bool { open = h.Tree.Transfers(); return len(open) == 1 })
		h.Tree.Stop(open[0].ID)
		text, err := io.ReadAll(c)
		if got := string(text); err != nil || !strings.HasPrefix(got, "HTTP/1.1 403 ") || !strings.Contains(got, "NET-STOP-01") || !strings.Contains(got, "\r\nConnection: close\r\n") {
			t.Errorf("%v: %s", err, got)
		}
	}
	if names := strings.Join(h.names("."), " "); names != "inbox private" {
		t.Errorf("on disk: %s", names)
	}
}

// TestStalledReader: a client that stops reading does not hold a file for ever, by any protocol.
func TestStalledReader(t *testing.T) {
	h := newHouse(t, func(s *setup) { quick(s); s.tls = true })
	big := filepath.Join(h.Disk["/files"], "big.bin")
	if err := os.WriteFile(big, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, 1<<30); err != nil {
		t.Fatal(err)
	}
	request := "GET /files/big.bin HTTP/1.1\r\nHost: x\r\n\r\n"
	t.Run("plain", func(t *testing.T) {
		c := h.dial()
		fmt.Fprint(c, request)
		h.cutWhileStalled(t)
	})
	t.Run("tls", func(t *testing.T) {
		c := tls.Client(h.dial(), &tls.Config{InsecureSkipVerify: true})
		fmt.Fprint(c, request)
		h.cutWhileStalled(t)
	})
	t.Run("http/2", func(t *testing.T) {
		tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
		defer tr.CloseIdleConnections()
		resp, err := (&http.Client{Transport: tr}).Get(strings.Replace(h.url, "http:", "https:", 1) + "/files/big.bin")
		if err != nil || resp.ProtoMajor != 2 {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		h.cutWhileStalled(t)
	})
	t.Run("listing", func(t *testing.T) {
		c := h.dial()
		for i := range 3000 {
			h.disk(fmt.Sprintf("many/%0200d", i), "")
		}
		if err := c.SetReadBuffer(4096); err != nil {
			t.Fatal(err)
		}
		for range 50 {
			fmt.Fprint(c, "GET /files/many/ HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n")
		}
		eventually(t, "it waits", func() bool { return h.watched() == 1 })
		eventually(t, "it is cut", func() bool { return h.watched() == 0 && h.door.crowd.count() == 0 })
	})
}

// cutWhileStalled waits until the server gave up on a client that does not read.
func (h *house) cutWhileStalled(t *testing.T) {
	t.Helper()
	eventually(t, "it is being sent", func() bool { return len(h.Tree.Transfers()) == 1 })
	eventually(t, "it is cut", func() bool { return len(h.Tree.Transfers()) == 0 })
}

func (h *house) watched() int {
	h.door.watch.mu.Lock()
	defer h.door.watch.mu.Unlock()
	return len(h.door.watch.flows)
}

// TestSlowButAlive: a client that keeps reading, slowly, over many windows gets everything.
func TestSlowButAlive(t *testing.T) {
	h := newHouse(t, func(s *setup) { quick(s); s.door.Limits.Least = 1 << 10 })
	content := bytes.Repeat([]byte("0123456789abcdef"), 8<<20/16)
	h.disk("big.bin", string(content))
	c := h.dial()
	if err := c.SetReadBuffer(64 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(c, "GET /files/big.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	pace := time.NewTicker(25 * time.Millisecond)
	defer pace.Stop()
	got := 0
	for buf := make([]byte, 128<<10); ; {
		n, err := resp.Body.Read(buf)
		got += n
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("after %d bytes: %v", got, err)
		}
		<-pace.C
	}
	if got != len(content) {
		t.Errorf("%d bytes", got)
	}
}
