package sftp

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"portico/backend/protocol/protocoltest"
)

// raw speaks SFTP packet by packet: the client of clients that break rules.
type raw struct {
	t  *testing.T
	ch ssh.Channel
}

// newRaw opens the subsystem as alice; the greeting is left to say.
func newRaw(t *testing.T, c *ssh.Client) *raw {
	t.Helper()
	ch, requests, err := c.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go ssh.DiscardRequests(requests)
	if ok, err := ch.SendRequest("subsystem", true, ssh.Marshal(struct{ Name string }{"sftp"})); !ok || err != nil {
		t.Fatal(ok, err)
	}
	return &raw{t, ch}
}

func alice(t *testing.T, address string) *ssh.Client {
	t.Helper()
	c, _, err := signIn(t, address, protocoltest.Alice, ssh.Password(protocoltest.Password(protocoltest.Alice)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *raw) send(b ...any) {
	r.t.Helper()
	var p []byte
	for _, v := range b {
		switch v := v.(type) {
		case string:
			p = append(binary.BigEndian.AppendUint32(p, uint32(len(v))), v...)
		case byte:
			p = append(p, v)
		case int:
			p = binary.BigEndian.AppendUint32(p, uint32(v))
		case uint64:
			p = binary.BigEndian.AppendUint64(p, v)
		}
	}
	if _, err := r.ch.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(p))), p...)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *raw) receive() (packet, error) {
	b, err := read(r.ch, make([]byte, 4+mostPacket), nil)
	if err != nil {
		return packet{}, err
	}
	return parse(b)
}

// status is the code of the next answer, which must be to id.
func (r *raw) status(id uint32) uint32 {
	r.t.Helper()
	p, err := r.receive()
	if err != nil || p.kind != typeStatus || p.id != id {
		r.t.Fatalf("answer %d to %d, %v; want a status to %d", p.kind, p.id, err, id)
	}
	return p.uint32()
}

// handle is the handle that the next answer gives.
func (r *raw) handle() string {
	r.t.Helper()
	p, err := r.receive()
	if err != nil || p.kind != typeHandle {
		r.t.Fatalf("answer %d, %v; want a handle", p.kind, err)
	}
	return p.text()
}

func (r *raw) greet() {
	r.t.Helper()
	r.send(byte(typeInit), 3)
	if p, err := r.receive(); err != nil || p.kind != typeVersion || p.id != 3 {
		r.t.Fatalf("greeted by %d %d, %v", p.kind, p.id, err)
	}
}

const noAttrs = 0

// TestHandles: a handle that was closed stays closed, nobody opens more than a few hundred, and one of
// another conversation is worth nothing.
func TestHandles(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", []byte("abc"))
	c := alice(t, serveHouse(t, h))
	r, other := newRaw(t, c), newRaw(t, c)
	r.greet()
	other.greet()
	r.send(byte(typeOpen), 1, "/files/a", openRead, noAttrs)
	first := r.handle()
	other.send(byte(typeFstat), 2, first)
	if code := other.status(2); code != statusFailure {
		t.Errorf("a handle of another conversation: %d", code)
	}
	r.send(byte(typeClose), 3, first)
	if code := r.status(3); code != statusOK {
		t.Errorf("close: %d", code)
	}
	for i := range mostOpen {
		r.send(byte(typeOpen), 4, "/files/a", openRead, noAttrs)
		if again := r.handle(); again == first {
			t.Fatalf("handle %d was given twice", i)
		}
	}
	r.send(byte(typeOpen), 5, "/files/a", openRead, noAttrs)
	if code := r.status(5); code != statusFailure {
		t.Errorf("one more: %d", code)
	}
	r.send(byte(typeRead), 6, first, uint64(0), 10)
	if code := r.status(6); code != statusFailure {
		t.Errorf("read by a closed handle: %d", code)
	}
	r.send(byte(typeWrite), 7, first, uint64(0), "x")
	if code := r.status(7); code != statusFailure {
		t.Errorf("write by a closed handle: %d", code)
	}
	r.ch.Close()
	eventually(t, "what a client left open is closed", func() bool { return len(h.Tree.Transfers()) == 0 })
}

// TestOddRequests: requests that make no sense are refused, and the conversation goes on.
func TestOddRequests(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", []byte("abc"))
	c := alice(t, serveHouse(t, h))
	r := newRaw(t, c)
	r.greet()
	r.send(byte(typeOpendir), 1, "/files")
	folder := r.handle()
	r.send(byte(typeOpen), 1, "/files/a", openRead, noAttrs)
	file := r.handle()
	for i, c := range []struct {
		send []any
		want uint32
	}{
		{[]any{byte(99), 100}, statusUnsupported},
		{[]any{byte(typeOpen), 100}, statusBad},
		{[]any{byte(typeOpen), 100, "/files/a"}, statusBad},
		{[]any{byte(typeOpen), 100, 1 << 30}, statusBad},
		{[]any{byte(typeStat), 100, -1}, statusBad},
		{[]any{byte(typeSetstat), 100, "/files/a", 1 << 31, -1}, statusBad},
		{[]any{byte(typeOpen), 100, "/files", openRead, noAttrs}, statusFailure},
		{[]any{byte(typeOpen), 100, "/files", openWrite | openCreate, noAttrs}, statusFailure},
		{[]any{byte(typeOpen), 100, "/files/none", openWrite, noAttrs}, statusMissing},
		{[]any{byte(typeOpen), 100, "/files/a", openWrite | openCreate | openExcl, noAttrs}, statusFailure},
		{[]any{byte(typeRead), 100, folder, uint64(0), 10}, statusFailure},
		{[]any{byte(typeReaddir), 100, file}, statusFailure},
		{[]any{byte(typeRead), 100, file, uint64(3), 10}, statusEOF},
		{[]any{byte(typeRead), 100, file, uint64(1) << 63, 10}, statusFailure},
		{[]any{byte(typeWrite), 100, file, uint64(0), "x"}, statusDenied},
		{[]any{byte(typeClose), 100, ""}, statusFailure},
		{[]any{byte(typeClose), 100, "no such handle"}, statusFailure},
		{[]any{byte(typeReadlink), 100, "/files/a"}, statusUnsupported},
		{[]any{byte(typeSymlink), 100, "/files/a", "/files/b"}, statusUnsupported},
		{[]any{byte(typeExtended), 100, "hardlink@openssh.com", "/files/a", "/files/b"}, statusUnsupported},
		{[]any{byte(typeExtended), 100, "made-up@example.org"}, statusUnsupported},
		{[]any{byte(typeExtended), 100}, statusUnsupported},
		{[]any{byte(typeRmdir), 100, "/files"}, statusFailure},
		{[]any{byte(typeRemove), 100, "/files/inbox"}, statusFailure},
		{[]any{byte(typeRealpath), 100, "a\x00b"}, statusFailure},
		{[]any{byte(typeMkdir), 100, "/files/" + strings.Repeat("n", 300), noAttrs}, statusFailure},
		{[]any{byte(typeExtended), 100, "copy-data", file, uint64(0), uint64(0), file, uint64(0)}, statusDenied},
	} {
		r.send(c.send...)
		if got := r.status(100); got != c.want {
			t.Errorf("request %d: status %d, want %d", i, got, c.want)
		}
	}
}

// TestBadPackets: what cannot be a packet ends the conversation, and no other.
func TestBadPackets(t *testing.T) {
	h := protocoltest.NewHouse(t)
	c := alice(t, serveHouse(t, h))
	good := newRaw(t, c)
	good.greet()
	for _, b := range [][]byte{
		{0, 0, 0, 0},
		{0, 0, 0, 1, typeInit},
		{0xff, 0xff, 0xff, 0xff, typeInit},
		{0, 4, 0, 1, typeInit, 0, 0, 0, 3},
		{0, 0, 0, 5, typeStat, 0, 0, 0, 1},
		{0, 0, 0, 5, typeInit, 0, 0, 0, 3, 0, 0, 0, 5, typeInit, 0, 0, 0, 3},
		[]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
	} {
		r := newRaw(t, c)
		if _, err := r.ch.Write(b); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r.ch); err != nil {
			t.Errorf("%q: %v", b, err)
		}
	}
	good.send(byte(typeStat), 1, "/files")
	if p, err := good.receive(); err != nil || p.kind != typeAttrs {
		t.Errorf("the other conversation: %d, %v", p.kind, err)
	}
}

// TestOrder: what a client sends without waiting is done in its order.
func TestOrder(t *testing.T) {
	h := protocoltest.NewHouse(t)
	r := newRaw(t, alice(t, serveHouse(t, h)))
	r.greet()
	r.send(byte(typeOpen), 1, "/files/a", openWrite|openCreate|openTrunc, noAttrs)
	f := r.handle()
	for i := range 50 {
		r.send(byte(typeWrite), 2, f, uint64(0), fmt.Sprintf("%02d", i))
	}
	r.send(byte(typeClose), 3, f)
	r.send(byte(typeRename), 4, "/files/a", "/files/b")
	for range 50 {
		if code := r.status(2); code != statusOK {
			t.Fatal(code)
		}
	}
	if a, b := r.status(3), r.status(4); a != statusOK || b != statusOK {
		t.Fatal(a, b)
	}
	if got := h.OnDisk("/files/b"); string(got) != "49" {
		t.Errorf("%q", got)
	}
}

// TestSpoilt: a file of which a part was refused does not appear when it is closed.
func TestSpoilt(t *testing.T) {
	h := protocoltest.NewHouse(t)
	r := newRaw(t, alice(t, serveHouse(t, h)))
	r.greet()
	r.send(byte(typeOpen), 1, "/small/a", openWrite|openCreate|openTrunc, noAttrs)
	f := r.handle()
	r.send(byte(typeWrite), 2, f, uint64(0), "fits")
	r.send(byte(typeWrite), 3, f, uint64(2<<20), "does not")
	r.send(byte(typeWrite), 4, f, uint64(4), "would")
	r.send(byte(typeClose), 5, f)
	for _, c := range []struct{ id, want uint32 }{{2, statusOK}, {3, statusFailure}, {4, statusFailure}, {5, statusFailure}} {
		if got := r.status(c.id); got != c.want {
			t.Errorf("answer %d: %d", c.id, got)
		}
	}
	if got := h.OnDisk("/small/a"); got != nil {
		t.Errorf("on disk: %q", got)
	}
}
