package vfs_test

import (
	"errors"
	"io/fs"
	"testing"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestUnfinished: what was cut is found again by its name, by whoever sent it, and goes on.
func TestUnfinished(t *testing.T) {
	h := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files"}))
	s := h.Owner()
	if _, ok := s.Unfinished("/files/new"); ok {
		t.Error("something is unfinished where nothing was begun")
	}
	h.Put(s, "/files/old", "the old content")
	for _, name := range []string{"/files/new", "/files/old"} {
		w, err := s.Create(name, vfs.CreateOptions{Size: -1, Resume: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("half")); err != nil {
			t.Fatal(err)
		}
		if u, ok := s.Unfinished(name); !ok || !u.Busy || u.Size != 4 || u.Appends {
			t.Errorf("%s while it is written: %+v, %v", name, u, ok)
		}
		if err := w.Keep(); err != nil {
			t.Fatal(err)
		}
	}
	if u, ok := h.Guest().Unfinished("/files/new"); ok {
		t.Errorf("somebody else's: %+v", u)
	}
	u, ok := s.Unfinished("/files/new")
	if !ok || u.Busy || u.Size != 4 {
		t.Fatalf("%+v, %v", u, ok)
	}
	w, err := s.Resume(u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteAt([]byte(" and half"), u.Size); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := h.Get(s, "/files/new"); got != "half and half" {
		t.Errorf("%q", got)
	}
	if _, ok := s.Unfinished("/files/new"); ok {
		t.Error("it is still unfinished")
	}
}

// TestRemoveOnly: a removal that is meant for a file takes no folder, one for an empty folder takes
// nothing that holds something, also where that is not to be seen.
func TestRemoveOnly(t *testing.T) {
	h := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files"}))
	s := h.Owner()
	for _, dir := range []string{"/files/empty", "/files/full"} {
		if _, err := s.Mkdir(dir, false); err != nil {
			t.Fatal(err)
		}
	}
	h.Put(s, "/files/full/.hidden", "x")
	h.Put(s, "/files/file", "x")
	for _, c := range []struct {
		remove func(string) (vfs.Removed, error)
		name   string
		want   error
	}{
		{s.RemoveFile, "/files/empty", vfs.ErrKind},
		{s.RemoveFile, "/files/full", vfs.ErrKind},
		{s.RemoveFile, "/files/none", fs.ErrNotExist},
		{s.RemoveEmpty, "/files/full", vfs.ErrNotEmpty},
		{s.RemoveEmpty, "/files/file", vfs.ErrKind},
		{s.RemoveEmpty, "/files/none", fs.ErrNotExist},
		{s.RemoveEmpty, "/files/empty", nil},
		{s.RemoveFile, "/files/file", nil},
	} {
		if _, err := c.remove(c.name); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if got := visible(t, h, s); !same(got, model{"/files/full/": "", "/files/full/.hidden": "x"}) {
		t.Errorf("left: %v", got)
	}
}

// TestClean: names are read as every verb reads them.
func TestClean(t *testing.T) {
	for name, want := range map[string]string{
		"": "/", ".": "/", "/": "/", "a/../b": "/b", "/../../etc/passwd": "/etc/passwd", "//a//./b/": "/a/b", "/a\x00": "",
	} {
		if got, err := vfs.Clean(name); got != want || (want == "") != errors.Is(err, vfs.ErrName) {
			t.Errorf("%q: %q, %v; want %q", name, got, err, want)
		}
	}
}
