package vfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// beside are the attributes of a name, as text.
func beside(t *testing.T, s *vfs.Session, name string) string {
	t.Helper()
	all, err := s.Attributes(name)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s", all)
}

func keep(t *testing.T, s *vfs.Session, name, key, value string) {
	t.Helper()
	if err := s.SetAttribute(name, key, []byte(value)); err != nil {
		t.Fatal(err)
	}
}

// TestAttributesGoAlong: they go where their name goes, are copied with it, come back from the trash, and are
// no properties.
func TestAttributesGoAlong(t *testing.T) {
	h := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Durability: store.Fast, Trash: true}),
		vfstest.Volume(vfs.Volume{Name: "other", Path: "/other", Durability: store.Fast}))
	s := h.Owner()
	h.Put(s, "/files/d/a", "a")
	keep(t, s, "/files/d/a", "k\xc3\xa4", "\x00\xff")
	keep(t, s, "/files/d", "k", "")
	want := "map[k\xc3\xa4:\x00\xff]"
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check := func(name, want string) {
		t.Helper()
		if got := beside(t, s, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	must(s.Rename("/files/d", "/files/e", vfs.Refuse))
	check("/files/e/a", want)
	check("/files/e", "map[k:]")
	must(s.Copy("/files/e", "/other/c", vfs.Refuse))
	check("/other/c/a", want)
	gone, err := s.Remove("/files/e")
	must(gone, err)
	h.Put(s, "/files/e/a", "new")
	check("/files/e/a", "map[]")
	must(s.Remove("/files/e"))
	must(s.Restore(gone.Trash, vfs.Refuse))
	h.Reopen()
	s = h.Owner()
	check("/files/e/a", want)
	if got := hungOn(t, s, "/files/e/a"); got != "" {
		t.Errorf("a property: %q", got)
	}
	hang(t, s, "/files/e/a", "p", "v")
	if err := s.SetProperties("/files/e/a", []vfs.PropertyChange{{Remove: true, Property: vfs.Property{Space: "portico:attribute", Name: "k\xc3\xa4"}}}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("taken away as a property: %v", err)
	}
	check("/files/e/a", want)
	must(nil, s.SetAttribute("/files/e/a", "k\xc3\xa4", nil))
	check("/files/e/a", "map[]")
	if got := hungOn(t, s, "/files/e/a"); got != "x:p=v" {
		t.Errorf("properties: %q", got)
	}
}

// TestAttributesOfUnfinished: what is being written has them when it appears, and leaves none when it does not.
func TestAttributesOfUnfinished(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Account("bob"), "rw"))
	s := h.Session(vfstest.User("bob"))
	for _, commit := range []bool{false, true} {
		w, err := s.Create("/files/new", vfs.CreateOptions{Size: -1})
		if err != nil {
			t.Fatal(err)
		}
		if all, err := w.Attributes(); err != nil || len(all) > 0 {
			t.Errorf("left from before: %s, %v", all, err)
		}
		for _, err := range []error{
			w.SetAttribute("k", []byte("old")), w.SetAttribute("k", []byte("new")), w.SetAttribute("gone", []byte("x")), w.SetAttribute("gone", nil),
		} {
			if err != nil {
				t.Error(err)
			}
		}
		if err := w.SetAttribute("large", make([]byte, 129<<10)); !errors.Is(err, vfs.ErrTooLarge) {
			t.Errorf("129 KiB: %v", err)
		}
		if all, err := w.Attributes(); err != nil || fmt.Sprintf("%s", all) != "map[k:new]" {
			t.Errorf("while it is written: %s, %v", all, err)
		}
		if _, err := h.Owner().Attributes("/files/new"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("somebody else sees them: %v", err)
		}
		if _, err := w.Write([]byte("text")); err != nil {
			t.Fatal(err)
		}
		end := w.Abort
		if commit {
			end = func() error { _, err := w.Commit(); return err }
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	h.Reopen()
	if got := beside(t, h.Owner(), "/files/new"); got != "map[k:new]" {
		t.Errorf("of the file: %s", got)
	}
}

// TestAttributesAreGuarded: who may not change a name keeps nothing there, who may not read it reads none, and
// nobody keeps much.
func TestAttributesAreGuarded(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "r"), vfstest.Grant("/files/in", vfstest.Account("bob"), "w"))
	owner, guest, bob := h.Owner(), h.Guest(), h.Session(vfstest.User("bob"))
	h.Put(owner, "/files/a", "a")
	h.Put(owner, "/files/in/theirs", "a")
	keep(t, owner, "/files/in/theirs", "k", "secret")
	keep(t, owner, "/files/a", "k", "v")
	for what, err := range map[string]error{
		"by a guest":       guest.SetAttribute("/files/a", "k", []byte("x")),
		"taken by a guest": guest.SetAttribute("/files/a", "k", nil),
		"on a way":         owner.SetAttribute("/", "k", []byte("x")),
	} {
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := bob.SetAttribute("/files/in/theirs", "k", []byte("x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("on what may not be seen: %v", err)
	}
	if all, err := bob.Attributes("/files/in/theirs"); err == nil || len(all) > 0 {
		t.Errorf("told to who may not look: %s, %v", all, err)
	}
	if got := beside(t, guest, "/files/a"); got != "map[k:v]" {
		t.Errorf("a guest reads %s", got)
	}
	for _, key := range []string{"", "\xff", "a\x00b", string(bytes.Repeat([]byte("k"), 256))} {
		if err := owner.SetAttribute("/files/a", key, []byte("v")); !errors.Is(err, vfs.ErrName) {
			t.Errorf("%q: %v", key, err)
		}
	}
	if err := owner.SetAttribute("/files/a", "large", make([]byte, 129<<10)); !errors.Is(err, vfs.ErrTooLarge) {
		t.Errorf("129 KiB: %v", err)
	}
	if err := errors.Join(owner.SetAttribute("/files/a", "one", make([]byte, 100<<10)), owner.SetAttribute("/files/a", "one", make([]byte, 100<<10))); err != nil {
		t.Errorf("100 KiB: %v", err)
	}
	if err := owner.SetAttribute("/files/a", "two", make([]byte, 30<<10)); !errors.Is(err, vfs.ErrTooLarge) {
		t.Errorf("130 KiB in all: %v", err)
	}
	refused := 0
	for i := range 10_000 {
		if err := owner.SetAttribute("/files/a", fmt.Sprint(i), []byte("v")); err != nil {
			if refused++; refused > 3 {
				break
			}
			if !errors.Is(err, vfs.ErrTooLarge) {
				t.Fatal(err)
			}
		}
	}
	if all, err := owner.Attributes("/files/a"); err != nil || len(all) != 64 || refused == 0 {
		t.Errorf("%d of them, %v", len(all), err)
	}
}
