package tus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

// wire is a network between client and server that cuts every connection after some bytes, and
// whose far end can move.
type wire struct {
	net.Listener
	mu      sync.Mutex
	to      string // "" while the server is away
	limit   func(connection int) int64
	count   int
	pairs   sync.WaitGroup
	between func(w *wire, connection int) // called before a connection is made
}

func newWire(t *testing.T, to string, limit func(int) int64, between func(*wire, int)) *wire {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: l, to: to, limit: limit, between: between}
	w.pairs.Go(w.run)
	t.Cleanup(func() {
		l.Close()
		w.pairs.Wait()
	})
	return w
}

func (w *wire) run() {
	for {
		c, err := w.Accept()
		if err != nil {
			return
		}
		w.mu.Lock()
		w.count++
		n := w.count
		w.mu.Unlock()
		w.between(w, n)
		w.mu.Lock()
		to := w.to
		w.mu.Unlock()
		w.pairs.Go(func() { w.join(c, to, w.limit(n)) })
	}
}

// join copies in both directions and resets both ends after limit bytes from the client.
func (w *wire) join(c net.Conn, to string, limit int64) {
	defer c.Close()
	s, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer s.Close()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(c, s) // ends with either side
		c.Close()
	})
	if _, err := io.CopyN(s, c, limit); err == nil {
		c.(*net.TCPConn).SetLinger(0) // cut, not closed
		c.Close()
	}
	s.Close()
	back.Wait()
}

func (w *wire) connect(to string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to = to
}

// TestRealClient lets tus-js-client send a file over a network that breaks again and again, while the
// server is started anew in the middle.
func TestRealClient(t *testing.T) {
	front, err := filepath.Abs(filepath.Join("..", "..", "..", "frontend"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(front, "node_modules", "tus-js-client")); errors.Is(err, os.ErrNotExist) {
		t.Skip("tus-js-client is not installed: npm ci in frontend/")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	h := open(t)
	data := noise(6 << 20)
	file := filepath.Join(t.TempDir(), "source")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	// Limits that never divide the pieces evenly; each connection lives a little longer.
	limit := func(n int) int64 { return int64(90_000 + n*37_123) }
	w := newWire(t, h.server.Listener.Addr().String(), limit, func(w *wire, n int) {
		if n == 6 {
			h.stop()
			h.start()
			w.connect(h.server.Listener.Addr().String())
		}
	})
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "client.mjs"), front,
		"http://"+w.Addr().String()+"/-/tus/", "/files/in/photo.raw", file, strconv.Itoa(512<<10))
	var said, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, said.String(), errs.String())
	}
	var out struct{ URL, Name, SHA256, Offset string }
	if err := json.Unmarshal(said.Bytes(), &out); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	sum := sha256.Sum256(data)
	if out.Name != "photo.raw" || out.SHA256 != hex.EncodeToString(sum[:]) || out.Offset != strconv.Itoa(len(data)) {
		t.Errorf("%+v", out)
	}
	h.holds("in/photo.raw", data)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.count < 8 {
		t.Errorf("only %d connections: nothing was cut", w.count)
	}
	t.Logf("%d connections", w.count)
}
