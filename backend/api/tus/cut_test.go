package tus

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/vfs"
)

// half opens a PATCH by hand and sends only the first bytes of its body.
func (h *house) half(url string, offset, length int, sent []byte) net.Conn {
	h.t.Helper()
	c, err := net.Dial("tcp", h.server.Listener.Addr().String())
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	fmt.Fprintf(c, "PATCH %s HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nX-Who: anna\r\nContent-Type: %s\r\nUpload-Offset: %d\r\nContent-Length: %d\r\n\r\n",
		url, pieceType, offset, length)
	if _, err := c.Write(sent); err != nil {
		h.t.Fatal(err)
	}
	return c
}

// arrived waits until the tree knows a transfer that has so many bytes.
func (h *house) arrived(n int64) {
	h.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		for _, t := range h.tree.Transfers() {
			if t.Done >= n {
				return
			}
		}
		time.Sleep(time.Millisecond)
	}
	h.t.Fatalf("%d bytes never arrived", n)
}

func TestCutPieceKeepsWhatReachedTheDisk(t *testing.T) {
	h := open(t)
	data := noise(300_000)
	up := h.begin("/files/a", len(data))
	c := h.half(up, 0, len(data), data[:123_456])
	h.arrived(123_456)
	c.Close()
	if got := h.offset(up); got != 123_456 {
		t.Fatalf("offset %d", got)
	}
	h.stop()
	h.start()
	if got := h.offset(up); got != 123_456 {
		t.Fatalf("offset after a restart %d", got)
	}
	h.patch(204, up, 123_456, data[123_456:])
	h.holds("a", data)
}

func TestCutPieceWithChecksumIsThrownAway(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 10)
	h.patch(204, up, 0, []byte("hello"))
	c, err := net.Dial("tcp", h.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c, "PATCH %s HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nX-Who: anna\r\nContent-Type: %s\r\nUpload-Offset: 5\r\nContent-Length: 5\r\nUpload-Checksum: crc32 AAAAAA==\r\n\r\nwo", up, pieceType)
	h.arrived(2)
	c.Close()
	if got := h.offset(up); got != 5 {
		t.Errorf("offset %d", got)
	}
}

func TestSecondPieceAtOnceIsLocked(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 10)
	c := h.half(up, 0, 10, []byte("hello"))
	h.arrived(5)
	h.patch(423, up, 0, []byte("HELLOWORLD"))
	h.want(423, "HEAD", up, nil)
	if _, err := c.Write([]byte("world")); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || r.StatusCode != 204 {
		t.Fatalf("%v %v", r, err)
	}
	h.holds("a", []byte("helloworld"))
}

func TestSilentPieceYields(t *testing.T) {
	h := open(t)
	h.stop()
	h.yield = time.Nanosecond
	h.start()
	up := h.begin("/files/a", 10)
	h.half(up, 0, 10, []byte("hello"))
	h.arrived(5)
	if got := h.offset(up); got != 5 {
		t.Fatalf("offset %d", got)
	}
	h.half(up, 5, 5, []byte("wo"))
	h.arrived(2)
	h.patch(204, up, 7, []byte("rld"))
	h.holds("a", []byte("helloworld"))
}

func TestTerminationEndsThePieceUnderWay(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 10)
	h.half(up, 0, 10, []byte("hello"))
	h.arrived(5)
	h.want(204, "DELETE", up, nil)
	h.want(404, "HEAD", up, nil)
	h.holds("a", nil)
}

func TestStoppingKeepsThePieceUnderWay(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 10)
	h.half(up, 0, 10, []byte("hello"))
	h.arrived(5)
	h.stop()
	h.start()
	if got := h.offset(up); got != 5 {
		t.Fatalf("offset %d", got)
	}
}

func TestStopButtonEndsThePiece(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 10)
	c := h.half(up, 0, 10, []byte("hello"))
	h.arrived(5)
	if list := h.tree.Transfers(); len(list) != 1 || !h.tree.Stop(list[0].ID) {
		t.Fatalf("%+v", list)
	}
	if _, err := c.Write([]byte("world")); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || r.StatusCode != 403 {
		t.Fatalf("%v %v", r, err)
	}
	h.holds("a", nil)
	if got := h.offset(up); got != 5 {
		t.Fatalf("offset %d", got)
	}
}

func TestCompleteButLockedIsCommittedLater(t *testing.T) {
	h := open(t)
	bert := h.tree.Session(context.Background(), access.Identity{Kind: access.Account, ID: "bert", Name: "bert"}, vfs.Origin{Door: "webdav"})
	defer bert.Close()
	up := h.begin("/files/a", 10)
	c := h.half(up, 0, 10, []byte("hello"))
	h.arrived(5)
	lock, err := bert.Lock("/files/a", vfs.LockRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("world")); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || r.StatusCode != 423 {
		t.Fatalf("%v %v", r, err)
	}
	h.want(423, "HEAD", up, nil)
	h.holds("a", nil)
	if err := bert.Unlock(lock.Token); err != nil {
		t.Fatal(err)
	}
	if r := h.want(200, "HEAD", up, nil); r.Header.Get("X-Portico-Name") != "a" || r.Header.Get("Upload-Offset") != "10" {
		t.Errorf("%v", r.Header)
	}
	h.holds("a", []byte("helloworld"))
}

func TestManyAtOnce(t *testing.T) {
	h := open(t)
	data := noise(200_000)
	var all sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprintf("f%d", i)
		all.Go(func() {
			up := h.begin("/files/"+name, len(data))
			for at := 0; at < len(data); at += 50_000 {
				h.patch(204, up, at, data[at:at+50_000])
			}
		})
	}
	all.Wait()
	for i := range 8 {
		h.holds(fmt.Sprintf("f%d", i), data)
	}
}

func TestWholeFileAtOneOfManyOffsets(t *testing.T) {
	h := open(t)
	data := noise(1000)
	up := h.begin("/files/a", len(data))
	// Everybody sends the first piece: one wins, the others learn where the upload stands.
	var all sync.WaitGroup
	results := make(chan int, 6)
	for range 6 {
		all.Go(func() {
			r := h.ask("PATCH", up, bytes.NewReader(data[:500]), "Upload-Offset", "0")
			results <- r.StatusCode
		})
	}
	all.Wait()
	close(results)
	var won int
	for status := range results {
		switch status {
		case 204:
			won++
		case 409, 423:
		default:
			t.Errorf("status %d", status)
		}
	}
	if won != 1 {
		t.Errorf("%d of 6 won", won)
	}
	h.patch(204, up, 500, data[500:])
	h.holds("a", data)
}
