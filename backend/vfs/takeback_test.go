package vfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/event"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// told returns the only event of this kind and path.
func told(t *testing.T, h *vfstest.House, kind event.Kind, path string) event.Event {
	t.Helper()
	var out []event.Event
	for _, e := range h.Events() {
		if e.Kind == kind && e.Path == path {
			out = append(out, e)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d events of %s %s", len(out), kind, path)
	}
	return out[0]
}

// TestTakeBack: what arrived goes into the trash, wherever it was moved; what it replaced comes back; a
// folder goes when it is empty.
func TestTakeBack(t *testing.T) {
	h := vfstest.New(t, keeping())
	s := h.Owner()
	if _, err := s.Mkdir("/files/trip", false); err != nil {
		t.Fatal(err)
	}
	h.Put(s, "/files/trip/a", "a")
	h.Put(s, "/files/notes", "old")
	h.Put(s, "/files/notes", "new")
	a, folder, notes := told(t, h, event.Created, "/files/trip/a"), told(t, h, event.Folder, "/files/trip"), told(t, h, event.Replaced, "/files/notes")
	if err := s.TakeBack(folder, folder); !errors.Is(err, vfs.ErrNotEmpty) {
		t.Error("a folder that holds something:", err)
	}
	if _, err := s.Rename("/files/trip/a", "/files/trip/b", vfs.Refuse); err != nil {
		t.Fatal(err)
	}
	for _, e := range []event.Event{a, folder, notes} {
		if err := s.TakeBack(e, e); err != nil {
			t.Error(e.Kind, err)
		}
	}
	if got := h.Get(s, "/files/notes"); got != "old" {
		t.Errorf("notes hold %q", got)
	}
	if _, err := s.Stat("/files/trip"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if l, err := s.Trash("/files"); err != nil || len(l) != 2 {
		t.Error(l, err)
	}
	if l, err := s.Versions("/files/notes"); err != nil || len(l) != 2 || l[0].Size != 3 {
		t.Error("what was taken back is not kept:", l, err)
	}
	for _, e := range []event.Event{a, folder} {
		if err := s.TakeBack(e, e); !errors.Is(err, fs.ErrNotExist) {
			t.Error("twice:", err)
		}
	}
	if err := s.TakeBack(notes, notes); !errors.Is(err, vfs.ErrPrecondition) {
		t.Error("twice:", err)
	}
}

// TestTakeBackLeavesWhatChanged: nothing is touched but exactly what arrived.
func TestTakeBackLeavesWhatChanged(t *testing.T) {
	h := vfstest.New(t, keeping())
	s := h.Owner()
	name := func(base string) string { return "/files/" + base }
	for _, base := range []string{"replaced", "again", "outside", "new"} {
		h.Put(s, name(base), "first")
	}
	events := map[string]event.Event{}
	for _, e := range h.Events() {
		if e.Kind == event.Created {
			events[e.Path] = e
		}
	}
	h.Put(s, name("replaced"), "second")
	h.Put(s, name("again"), "second")
	h.Put(s, name("again"), "first") // the same bytes, and somebody else's
	if err := os.WriteFile(filepath.Join(h.Disk["/files"], "outside"), []byte("third"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(name("new")); err != nil {
		t.Fatal(err)
	}
	h.Put(s, name("new"), "first") // another file of that name
	for base, want := range map[string]error{"replaced": vfs.ErrPrecondition, "again": vfs.ErrPrecondition, "outside": vfs.ErrPrecondition, "new": fs.ErrNotExist} {
		e := events[name(base)]
		if err := s.TakeBack(e, e); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", base, err, want)
		}
		if _, err := s.Stat(name(base)); err != nil {
			t.Error(base, err)
		}
	}
}

// TestTakeBackNeedsTrashAndRights: without what keeps it nothing goes, and nobody takes back what they
// could not remove.
func TestTakeBackNeedsTrashAndRights(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	h.Put(s, "/files/a", "a")
	e := told(t, h, event.Created, "/files/a")
	if err := s.TakeBack(e, e); !errors.Is(err, vfs.ErrPrecondition) {
		t.Error(err)
	}
	if removed, replaced := h.Tree.Keeps("/files/a"); removed || replaced {
		t.Error("it keeps what it does not")
	}
	h = vfstest.New(t, keeping(), vfstest.Grant("/files", vfstest.Account("bob"), "r"))
	s = h.Owner()
	h.Put(s, "/files/a", "a")
	h.Put(s, "/files/a", "b")
	h.Put(s, "/files/c", "c")
	if removed, replaced := h.Tree.Keeps("/files/a"); !removed || !replaced {
		t.Error("it keeps less than it does")
	}
	bob := h.Session(vfstest.User("bob"))
	for _, e := range []event.Event{told(t, h, event.Replaced, "/files/a"), told(t, h, event.Created, "/files/c")} {
		if err := bob.TakeBack(e, e); !errors.Is(err, fs.ErrPermission) {
			t.Error(e.Path, err)
		}
	}
	bob.Close()
	if err := bob.TakeBack(e, e); !errors.Is(err, vfs.ErrClosed) {
		t.Error(err)
	}
}
