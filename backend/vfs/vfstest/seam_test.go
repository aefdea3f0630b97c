package vfstest_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// The proof of the seam (core.md, point 22): throwaway adapters show that vfs.Session suffices for
// three libraries that doors will be built on. They are no doors: they cut corners that doors may not.

// client is a real client on the other side of an adapter. Names are slash paths below the volume.
type client interface {
	Put(name string, content []byte) error
	Get(name string) ([]byte, error)
	Rename(from, to string) error
	List(dir string) ([]string, error)
	// Begin sends a part of a file and returns how to go on: finish, or be cut off.
	Begin(name string, part []byte) (finish func() error, cut func())
}

// adapter builds a client for a session that speaks to the volume at /files.
type adapter func(t *testing.T, s *vfs.Session) client

func TestSeam(t *testing.T) {
	for name, a := range map[string]adapter{"sftp": sftpClient, "webdav": webdavClient, "fuse": fuseClient} {
		t.Run(name, func(t *testing.T) {
			t.Run("write and read back", func(t *testing.T) { writeAndRead(t, a) })
			t.Run("overwrite is atomic", func(t *testing.T) { overwrite(t, a) })
			t.Run("a cut leaves nothing", func(t *testing.T) { cutOff(t, a) })
			t.Run("rename", func(t *testing.T) { rename(t, a) })
			t.Run("list", func(t *testing.T) { list(t, a) })
		})
	}
}

// someone is the identity behind the adapters; reader is somebody else, who sees no unfinished writes.
func house(t *testing.T) (h *vfstest.House, someone, reader *vfs.Session) {
	h = vfstest.New(t, vfstest.Grant("/files", vfstest.Account("someone"), "rwmd"), vfstest.Grant("/files", vfstest.Account("reader"), "r"))
	return h, h.Session(vfstest.User("someone")), h.Session(vfstest.User("reader"))
}

var content = bytes.Repeat([]byte("0123456789abcdef"), 100_000)

func writeAndRead(t *testing.T, a adapter) {
	h, someone, reader := house(t)
	c := a(t, someone)
	for _, size := range []int{0, 1, 4096, len(content)} {
		if err := c.Put("/file", content[:size]); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Get("/file"); err != nil || !bytes.Equal(got, content[:size]) {
			t.Fatalf("%d bytes came back as %d: %v", size, len(got), err)
		}
		if got := h.Get(reader, "/files/file"); got != string(content[:size]) {
			t.Fatalf("%d bytes arrived as %d", size, len(got))
		}
	}
	if r, err := reader.Record("/files/file"); err != nil || r.SHA256 == "" || r.By != "someone" {
		t.Errorf("%+v %v", r, err)
	}
}

func overwrite(t *testing.T, a adapter) {
	h, someone, reader := house(t)
	c := a(t, someone)
	if err := c.Put("/file", []byte("old")); err != nil {
		t.Fatal(err)
	}
	finish, _ := c.Begin("/file", content)
	if got := h.Get(reader, "/files/file"); got != "old" {
		t.Errorf("a reader sees %d bytes of an unfinished write", len(got))
	}
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	if got := h.Get(reader, "/files/file"); got != string(content) {
		t.Errorf("%d bytes arrived", len(got))
	}
}

func cutOff(t *testing.T, a adapter) {
	h, someone, reader := house(t)
	c := a(t, someone)
	_, cut := c.Begin("/cut", content)
	waitFor(t, "the write to begin", func() bool { return len(h.Tree.Transfers()) > 0 })
	cut()
	waitFor(t, "the write to end", func() bool { return len(h.Tree.Transfers()) == 0 })
	if _, err := reader.Stat("/files/cut"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	stages, err := os.ReadDir(h.Disk["/files"] + "/.portico/test/stage")
	if err != nil || len(stages) != 0 {
		t.Error(stages, err)
	}
}

func rename(t *testing.T, a adapter) {
	h, someone, reader := house(t)
	c := a(t, someone)
	if err := c.Put("/one.partial", content); err != nil {
		t.Fatal(err)
	}
	if err := c.Rename("/one.partial", "/one"); err != nil {
		t.Fatal(err)
	}
	if got := h.Get(reader, "/files/one"); got != string(content) {
		t.Errorf("%d bytes arrived", len(got))
	}
	if _, err := c.Get("/one.partial"); err == nil {
		t.Error("it is there under its old name too")
	}
}

func list(t *testing.T, a adapter) {
	h, someone, _ := house(t)
	c := a(t, someone)
	want := []string{"blank in name", "ünï", "folder", "100%", "plus+"}
	for _, name := range want {
		if name == "folder" {
			h.Put(someone, "/files/folder/in", "x")
			continue
		}
		h.Put(someone, "/files/"+name, "x")
	}
	got, err := c.List("/")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); {
		if time.Now().After(end) {
			t.Fatal("waited in vain for " + what)
		}
		time.Sleep(time.Millisecond)
	}
}

// place turns a client's name into the session's.
func place(name string) string { return "/files/" + strings.TrimPrefix(name, "/") }

// plain gives errors as libraries that do not unwrap want them.
func plain(err error) error {
	for _, e := range []error{fs.ErrNotExist, fs.ErrExist, fs.ErrPermission} {
		if errors.Is(err, e) {
			return e
		}
	}
	return err
}

// info shows an entry as fs.FileInfo.
type info struct{ e vfs.Entry }

func (i info) Name() string       { return i.e.Name }
func (i info) Size() int64        { return i.e.Size }
func (i info) ModTime() time.Time { return i.e.ModTime }
func (i info) IsDir() bool        { return i.e.IsFolder() }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.e.IsFolder() {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
