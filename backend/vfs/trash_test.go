package vfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

func keeping() vfstest.Option {
	return vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Trash: true, Versions: true})
}

// TestTrashAndBack: what was removed comes back with its content, hash and node, wherever its folder
// went meanwhile.
func TestTrashAndBack(t *testing.T) {
	h := vfstest.New(t, keeping(), vfstest.Grant("/files", vfstest.Account("ann"), "rwmd"), vfstest.Grant("/files", vfstest.Account("bob"), "r"))
	s := h.Session(vfstest.User("ann"))
	h.Put(s, "/files/d/a", "a")
	h.Put(s, "/files/d/e/b", "bb")
	before, err := s.Record("/files/d/a")
	if err != nil || before.SHA256 == "" {
		t.Fatal(before, err)
	}
	one, err := s.Remove("/files/d/a")
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Remove("/files/d")
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Trash("/")
	if err != nil || len(list) != 2 || list[0].Path != "/files/d" || list[1].Path != "/files/d/a" || list[0].Files != 1 || list[0].Size != 2 || list[1].SHA256 != before.SHA256 || list[1].By != "ann" {
		t.Errorf("%+v %v", list, err)
	}
	if l, err := h.Session(vfstest.User("bob")).Trash("/"); err != nil || len(l) != 0 {
		t.Error(l, err)
	}
	if _, err := h.Session(vfstest.User("bob")).Restore(one.Trash, vfs.Refuse); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := s.Restore(one.Trash, vfs.Refuse); !errors.Is(err, fs.ErrNotExist) {
		t.Error("its folder is gone:", err)
	}
	h.Reopen()
	s = h.Session(vfstest.User("ann"))
	if e, err := s.Restore(all.Trash, vfs.Refuse); err != nil || e.Path != "/files/d" {
		t.Error(e, err)
	}
	if e, err := s.Restore(one.Trash, vfs.Refuse); err != nil || e.Path != "/files/d/a" {
		t.Error(e, err)
	}
	if after, err := s.Record("/files/d/a"); err != nil || after != before {
		t.Errorf("%+v, was %+v: %v", after, before, err)
	}
	if _, err := s.Restore(one.Trash, vfs.Refuse); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	r, err := s.Remove("/files/d/a")
	if err != nil {
		t.Fatal(err)
	}
	h.Put(s, "/files/d/a", "somebody else's")
	if _, err := s.Restore(r.Trash, vfs.Refuse); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if e, err := s.Restore(r.Trash, vfs.KeepBoth); err != nil || e.Name != "a (2)" {
		t.Error(e, err)
	}
}

// TestVersions: what is replaced is kept, a bounded number of times, and comes back as a new version.
func TestVersions(t *testing.T) {
	h := vfstest.New(t, keeping())
	s := h.Owner()
	for i := range 15 {
		h.Put(s, "/files/a", fmt.Sprint("version ", i))
	}
	waitFor(t, "old versions to go", func() bool { return len(attic(t, h, "versions")) == 10 })
	list, err := s.Versions("/files/a")
	if err != nil || len(list) != 10 {
		t.Fatal(list, err)
	}
	if _, err := s.Restore(list[3].ID, vfs.Replace); err != nil {
		t.Fatal(err)
	}
	if got := h.Get(s, "/files/a"); got != "version 10" {
		t.Error(got)
	}
	h.Put(s, "/files/b", "b")
	if _, err := s.Rename("/files/b", "/files/a", vfs.Replace); err != nil {
		t.Fatal(err)
	}
	list, err = s.Versions("/files/a")
	if err != nil || len(list) != 10 || list[0].Size != int64(len("version 10")) {
		t.Error(list, err)
	}
	if _, err := s.Rename("/files/a", "/files/c", vfs.Refuse); err != nil {
		t.Fatal(err)
	}
	if moved, err := s.Versions("/files/c"); err != nil || len(moved) != 10 || moved[0].ID != list[0].ID {
		t.Error("versions do not follow their file:", moved, err)
	}
	if _, err := s.Rename("/files/c", "/files/a", vfs.Refuse); err != nil {
		t.Fatal(err)
	}
	if l, err := h.Guest().Versions("/files/a"); err == nil {
		t.Error(l)
	}
}

// attic lists a hidden folder on the disk.
func attic(t *testing.T, h *vfstest.House, kind string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(h.Disk["/files"], ".portico", "test", kind, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestPurge: a volume without trash frees the room of a removed folder by itself, and the trash is
// emptied of what has lain there for a month.
func TestPurge(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	for i := range 50 {
		h.Put(s, fmt.Sprintf("/files/d/%d/%d", i%7, i), "x")
	}
	if _, err := s.Remove("/files/d"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the folder to be purged", func() bool { return len(attic(t, h, "trash")) == 0 })

	h = vfstest.New(t, keeping(), vfstest.Now())
	s = h.Owner()
	h.Put(s, "/files/old", "x")
	h.Put(s, "/files/young", "y")
	if _, err := s.Remove("/files/old"); err != nil {
		t.Fatal(err)
	}
	h.Clock.Add(20 * 24 * time.Hour)
	if _, err := s.Remove("/files/young"); err != nil {
		t.Fatal(err)
	}
	h.Clock.Add(11 * 24 * time.Hour)
	h.Tree.Housekeep()
	if l := attic(t, h, "trash"); len(l) != 1 {
		t.Error(l)
	}
	if l, err := s.Trash("/files"); err != nil || len(l) != 1 || l[0].Path != "/files/young" {
		t.Error(l, err)
	}
}

// TestVersionsAge: earlier contents go when they are older than they are to be kept.
func TestVersionsAge(t *testing.T) {
	h := vfstest.New(t, keeping(),
		vfstest.Now(), vfstest.Ages(vfs.Ages{Versions: 10 * 24 * time.Hour}))
	s := h.Owner()
	h.Put(s, "/files/a", "first")
	h.Put(s, "/files/a", "second")
	h.Clock.Add(6 * 24 * time.Hour)
	h.Put(s, "/files/a", "third")
	h.Clock.Add(5 * 24 * time.Hour)
	h.Tree.Housekeep()
	if l, err := s.Versions("/files/a"); err != nil || len(l) != 1 {
		t.Error(l, err)
	}
	if l := attic(t, h, "versions"); len(l) != 1 {
		t.Error(l)
	}
}

// TestExpiredUploadsGo: an upload that nobody came back to for a week is removed.
func TestExpiredUploadsGo(t *testing.T) {
	for _, restart := range []bool{false, true} {
		h := vfstest.New(t, vfstest.Now())
		s := h.Owner()
		w, err := s.Create("/files/up", vfs.CreateOptions{Size: -1, Resume: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("half")); err != nil {
			t.Fatal(err)
		}
		if err := w.Keep(); err != nil {
			t.Fatal(err)
		}
		h.Clock.Add(6 * 24 * time.Hour)
		h.Tree.Housekeep()
		if _, err := s.Stat("/files/up"); err != nil {
			t.Fatal(err)
		}
		h.Clock.Add(2 * 24 * time.Hour)
		if restart {
			h.Reopen()
			s = h.Owner()
		} else {
			h.Tree.Housekeep()
		}
		if _, err := s.Resume(w.ID()); !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		noStages(t, h)
	}
}

// TestRestoreIntoNewFolder: the folder was removed beside us and made anew.
func TestRestoreIntoNewFolder(t *testing.T) {
	h := vfstest.New(t, keeping())
	s := h.Owner()
	h.Put(s, "/files/d/a", "a")
	r, err := s.Remove("/files/d/a")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(h.Disk["/files"], "d")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Mkdir("/files/d", false); err != nil {
		t.Fatal(err)
	}
	if e, err := s.Restore(r.Trash, vfs.Refuse); err != nil || e.Path != "/files/d/a" {
		t.Error(e, err)
	}
}
