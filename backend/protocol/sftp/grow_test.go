package sftp

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"

	"portico/backend/protocol/protocoltest"
)

// conversation is alice's, by the library.
func conversation(t *testing.T, address string) *sftp.Client {
	t.Helper()
	s, err := sftp.NewClient(alice(t, address))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestGrowing: who writes sees the file grow under its name, in this conversation only; it can be read,
// cut and dated there before anybody else sees it.
func TestGrowing(t *testing.T) {
	h := protocoltest.NewHouse(t)
	address := serveHouse(t, h)
	s, other := conversation(t, address), conversation(t, address)
	f, err := s.OpenFile("/files/new", os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	if info, err := s.Stat("/files/./new"); err != nil || info.Size() != 10 {
		t.Errorf("its writer sees %v, %v", info, err)
	}
	reader, err := s.Open("/files/new")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(reader); string(b) != "0123456789" {
		t.Errorf("its writer reads %q, %v", b, err)
	}
	if err := s.Truncate("/files/new", 4); err != nil {
		t.Error(err)
	}
	at := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := s.Chtimes("/files/new", at, at); err != nil {
		t.Error(err)
	}
	if err := s.Chmod("/files/new", 0o600); err != nil {
		t.Error(err)
	}
	if f, err := other.Open("/files/new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another client opens %v, %v", f, err)
	}
	if h.OnDisk("/files/new") != nil {
		t.Error("it is on the disk before its end")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := h.OnDisk("/files/new"); string(got) != "0123" {
		t.Errorf("on disk: %q", got)
	}
	if _, err := reader.Seek(1, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(reader); string(b) != "123" {
		t.Errorf("then read %q, %v", b, err)
	}
	if info, err := other.Stat("/files/new"); err != nil || !info.ModTime().UTC().Equal(at) || info.Size() != 4 {
		t.Errorf("then %v, %v", info, err)
	}
}

// TestResumeOntoOld: an upload that was cut while it replaced a file cannot be gone on with by its
// length, which is the other file's; sent anew, or removed, it is forgotten.
func TestResumeOntoOld(t *testing.T) {
	h := protocoltest.NewHouse(t)
	address := serveHouse(t, h)
	lib := &library{t: t, address: address, who: protocoltest.Alice}
	h.Lay("/files/a", []byte("old content"))
	if err := lib.PutCut("/files/a", bytes.Repeat([]byte("n"), 1000), 500); err != nil {
		t.Fatal(err)
	}
	eventually(t, "what came waits", func() bool { return len(h.Tree.Waiting()) == 1 })
	s := conversation(t, address)
	if info, err := s.Stat("/files/a"); err != nil || info.Size() != 11 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := s.OpenFile("/files/a", os.O_WRONLY|os.O_CREATE); err == nil || !strings.Contains(err.Error(), "was cut") {
		t.Errorf("it was gone on with: %v", err)
	}
	if err := lib.Put("/files/a", []byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := lib.Patch("/files/a", 0, []byte("N")); err != nil {
		t.Errorf("it is remembered: %v", err)
	}
	if got := h.OnDisk("/files/a"); string(got) != "New" || len(h.Tree.Waiting()) != 0 {
		t.Errorf("%q; waiting: %v", got, h.Tree.Waiting())
	}
	if err := lib.PutCut("/files/b", []byte("half"), 4); err != nil {
		t.Fatal(err)
	}
	eventually(t, "what came waits", func() bool { return len(h.Tree.Waiting()) == 1 })
	if err := s.Remove("/files/b"); err != nil {
		t.Errorf("what was cut is not removed: %v", err)
	}
	if len(h.Tree.Waiting()) != 0 {
		t.Errorf("waiting: %v", h.Tree.Waiting())
	}
}

// TestCopyData: the server copies by itself.
func TestCopyData(t *testing.T) {
	h := protocoltest.NewHouse(t)
	content := make([]byte, 3*mostData+17)
	for i := range content {
		content[i] = byte(i * 7)
	}
	h.Lay("/files/a", content)
	r := newRaw(t, alice(t, serveHouse(t, h)))
	r.greet()
	r.send(byte(typeOpen), 1, "/files/a", openRead, noAttrs)
	from := r.handle()
	r.send(byte(typeOpen), 2, "/files/b", openWrite|openCreate|openTrunc, noAttrs)
	to := r.handle()
	r.send(byte(typeOpen), 7, "/files/b", openRead, noAttrs)
	growing := r.handle()
	r.send(byte(typeExtended), 8, "copy-data", growing, uint64(0), uint64(0), to, uint64(1))
	if code := r.status(8); code != statusDenied {
		t.Errorf("what is written is copied behind itself: %d", code)
	}
	r.send(byte(typeExtended), 3, "copy-data", from, uint64(0), uint64(0), to, uint64(0))
	r.send(byte(typeExtended), 4, "copy-data", from, uint64(10), uint64(5), to, uint64(0))
	r.send(byte(typeExtended), 5, "copy-data", from, uint64(1)<<62, uint64(1)<<62, to, uint64(0))
	r.send(byte(typeClose), 6, to)
	for id := uint32(3); id <= 6; id++ {
		if code := r.status(id); code != statusOK && id != 5 {
			t.Errorf("answer %d: %d", id, code)
		}
	}
	copy(content, content[10:15])
	if got := h.OnDisk("/files/b"); !bytes.Equal(got, content) {
		t.Errorf("%d bytes of %d", len(got), len(content))
	}
}
