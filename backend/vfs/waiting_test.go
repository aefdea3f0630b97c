package vfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// wait begins an upload of size bytes, sends the first and leaves it waiting.
func wait(t *testing.T, s *vfs.Session, name string, size int64) (id string) {
	t.Helper()
	w, err := s.Create(name, vfs.CreateOptions{Size: size, Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := w.Keep(); err != nil {
		t.Fatal(err)
	}
	return w.ID()
}

// TestWaitingGoesWithItsFolder: what only waits holds up nobody.
func TestWaitingGoesWithItsFolder(t *testing.T) {
	for _, v := range []vfs.Volume{{Trash: true}, {}} {
		v.Name, v.Path, v.Durability = "files", "/files", store.Fast
		h := vfstest.New(t, vfstest.Volume(v))
		s := h.Owner()
		h.Put(s, "/files/d/e/f", "f")
		id := wait(t, s, "/files/d/e/new", 3)
		if _, err := s.Remove("/files/d"); err != nil {
			t.Fatal(err)
		}
		if list := h.Tree.Waiting(); len(list) != 0 {
			t.Errorf("%+v", list)
		}
		if _, err := s.Resume(id); !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		noStages(t, h)
	}
}

// TestWritingHoldsItsFolder: what is under way is not taken away from under its writer.
func TestWritingHoldsItsFolder(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	h.Put(s, "/files/d/f", "f")
	w, err := s.Create("/files/d/new", vfs.CreateOptions{Size: 3, Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if _, err := s.Remove("/files/d"); !errors.Is(err, vfs.ErrBusy) {
		t.Error(err)
	}
	if _, err := s.Rename("/files/d", "/files/e", vfs.Refuse); !errors.Is(err, vfs.ErrBusy) {
		t.Error(err)
	}
}

// TestWaitingFollowsItsFolder also over a restart.
func TestWaitingFollowsItsFolder(t *testing.T) {
	for _, restart := range []bool{false, true} {
		h := vfstest.New(t)
		s := h.Owner()
		h.Put(s, "/files/d/é/f", "f")
		id := wait(t, s, "/files/d/é/new", 3)
		if _, err := s.Rename("/files/d", "/files/moved", vfs.Refuse); err != nil {
			t.Fatal(err)
		}
		if restart {
			h.Reopen()
			s = h.Owner()
		}
		if list := h.Tree.Waiting(); len(list) != 1 || list[0].Path != "/files/moved/é/new" || list[0].Done != 1 || list[0].Total != 3 {
			t.Fatalf("restart %v: %+v", restart, list)
		}
		w, err := s.Resume(id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("bc")); err != nil {
			t.Fatal(err)
		}
		if r, err := w.Commit(); err != nil || r.Path != "/files/moved/é/new" {
			t.Fatal(r, err)
		}
		if got := h.Get(s, "/files/moved/é/new"); got != "abc" {
			t.Error(got)
		}
		noStages(t, h)
	}
}

// TestWaitingCanBeStopped by whoever sees the list, and all of one identity at once.
func TestWaitingCanBeStopped(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", access.Subject{Kind: access.Guest}, "w"))
	s := h.Owner()
	wait(t, s, "/files/one", 3)
	guest := h.Guest()
	wait(t, guest, "/files/two", 3)
	list := h.Tree.Waiting()
	if len(list) != 2 || list[0].Path != "/files/one" || !list[0].Waiting {
		t.Fatalf("%+v", list)
	}
	if strings.Contains(list[1].ID, "two") || !h.Tree.Stop(list[0].ID) || h.Tree.Stop(list[0].ID) {
		t.Error("not stopped once")
	}
	if n := h.Tree.DropWaiting(func(id access.Identity) bool { return id.Kind == access.Guest }); n != 1 {
		t.Error(n)
	}
	if list := h.Tree.Waiting(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	noStages(t, h)
}

// TestWaitingIsBounded: a visitor leaves only so many writes unfinished.
func TestWaitingIsBounded(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", access.Subject{Kind: access.Guest}, "w"))
	guest := h.Guest()
	begun := 0
	for ; begun < 200; begun++ {
		w, err := guest.Create(fmt.Sprintf("/files/%d", begun), vfs.CreateOptions{Size: 3, Resume: true})
		if errors.Is(err, vfs.ErrTooMany) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Keep(); err != nil {
			t.Fatal(err)
		}
	}
	if begun != 100 {
		t.Errorf("%d were begun", begun)
	}
	if err := put(guest, "/files/whole", "x", vfs.CreateOptions{}); err != nil {
		t.Errorf("what is sent in one go: %v", err)
	}
	wait(t, h.Owner(), "/files/owner", 3)
	if n := h.Tree.DropWaiting(func(id access.Identity) bool { return id.Kind == access.Guest }); n != 100 {
		t.Error(n)
	}
	wait(t, guest, "/files/again", 3)
}
