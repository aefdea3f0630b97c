package protocoltest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"portico/backend/access"
	"portico/backend/vfs/vfstest"
)

// combinations of letters that grants are made of.
func combinations() []string { return []string{"", "r", "g", "w", "rw", "rwd", "rwm", "rwmd", "wd"} }

// attempt is a verb in a folder, and which rights it needs.
type attempt struct {
	name string
	need string // letters, all of them; "r|g" is one of them
	try  func(c Client, dir string) error
	done func(h *House, dir string) bool // whether it happened, by the disk
}

func attempts() []attempt {
	has := func(name string) func(*House, string) bool {
		return func(h *House, dir string) bool { return h.OnDisk(dir+"/"+name) != nil }
	}
	gone := func(name string) func(*House, string) bool {
		return func(h *House, dir string) bool { return h.OnDisk(dir+"/"+name) == nil }
	}
	return []attempt{
		{"list", "r", func(c Client, dir string) error {
			names, err := arranges(c).List(dir)
			if err == nil && !slices.Contains(names, "read.txt") {
				return ErrRefused
			}
			return err
		}, nil},
		{"get", "r|g", func(c Client, dir string) error { _, err := fetch(c, dir+"/read.txt"); return err }, nil},
		{"put new", "w", func(c Client, dir string) error { return c.Put(dir+"/new.txt", []byte("new")) }, has("new.txt")},
		{"replace", "wd", func(c Client, dir string) error { return c.Put(dir+"/old.txt", []byte("replaced")) },
			func(h *House, dir string) bool { return string(h.OnDisk(dir+"/old.txt")) == "replaced" }},
		{"mkdir", "w", func(c Client, dir string) error { return arranges(c).Mkdir(dir + "/made") },
			func(h *House, dir string) bool { return slices.Contains(h.Names(dir), "made/") }},
		{"rename", "wm", func(c Client, dir string) error { return arranges(c).Rename(dir+"/move.txt", dir+"/moved.txt") }, has("moved.txt")},
		{"remove", "d", func(c Client, dir string) error { return arranges(c).Remove(dir + "/remove.txt") }, gone("remove.txt")},
		{"remove a folder", "d", func(c Client, dir string) error { return arranges(c).Remove(dir + "/folder") }, gone("folder/x")},
		{"copy", "rw", func(c Client, dir string) error { return c.(Copier).Copy(dir+"/read.txt", dir+"/copied.txt") }, has("copied.txt")},
	}
}

// everyVerbEveryGrant compares a door with the grants, verb by verb.
func everyVerbEveryGrant(t *testing.T, d Door) {
	var grants []access.Grant
	for i, letters := range combinations() {
		grants = append(grants, access.Grant{Path: fmt.Sprintf("/files/case%d", i), Who: Person(Bob), Rights: vfstest.Rights(letters)})
	}
	h, s, _ := open(t, d, grants...)
	bob := s.Client(t, Bob)
	for i, letters := range combinations() {
		dir := fmt.Sprintf("/files/case%d", i)
		for _, name := range []string{"read.txt", "old.txt", "move.txt", "remove.txt", "folder/x"} {
			h.Lay(dir+"/"+name, []byte(name))
		}
		for _, a := range attempts() {
			if _, ok := bob.(Copier); a.name == "copy" && !ok || arranges(bob) == nil && !slices.Contains([]string{"get", "put new", "replace"}, a.name) {
				continue
			}
			if _, ok := bob.(OneByOne); ok && a.name == "remove a folder" {
				a.need = "rd"
			}
			if _, ok := bob.(LooksFirst); ok && strings.HasPrefix(a.name, "remove") {
				a.need = "rd"
			}
			h.attempt(t, bob, dir, letters, a)
		}
	}
}

func (h *House) attempt(t *testing.T, c Client, dir, letters string, a attempt) {
	t.Helper()
	allowed := holdsAll(letters, a.need)
	err := a.try(c, dir)
	happened := err == nil
	if a.done != nil {
		happened = a.done(h, dir)
	}
	if _, both := c.(KeepsBoth); both && a.name == "replace" && !allowed && strings.Contains(letters, "w") {
		// Kept both: a success that replaced nothing.
		allowed, err = false, errors.Join(err, ErrRefused)
	}
	switch {
	case happened != allowed:
		t.Errorf("%s with %q: happened %v, allowed %v (%v)", a.name, letters, happened, allowed, err)
	case allowed && err != nil:
		t.Errorf("%s with %q: %v", a.name, letters, err)
	case !allowed && err == nil:
		t.Errorf("%s with %q: said to be done, and was not", a.name, letters)
	case !allowed && !denied(err):
		t.Errorf("%s with %q: refused with %v", a.name, letters, err)
	}
}

func holdsAll(letters, need string) bool {
	if need == "r|g" {
		return strings.ContainsAny(letters, "rg")
	}
	for _, n := range need {
		if !strings.ContainsRune(letters, n) {
			return false
		}
	}
	return true
}

// piecesEveryGrant changes a piece of a file of somebody else with every grant: it is changed in place by
// who may replace it and by nobody else, and nobody reads by that what they could not read before.
func piecesEveryGrant(t *testing.T, d Door) {
	var grants []access.Grant
	for i, letters := range combinations() {
		grants = append(grants, access.Grant{Path: fmt.Sprintf("/files/piece%d", i), Who: Person(Bob), Rights: vfstest.Rights(letters)})
	}
	h, s, _ := open(t, d, grants...)
	bob, ok := s.Client(t, Bob).(Patcher)
	if !ok {
		return
	}
	for i, letters := range combinations() {
		dir := fmt.Sprintf("/files/piece%d", i)
		h.Lay(dir+"/a.txt", []byte("SECRET"))
		err := bob.Patch(dir+"/a.txt", 0, []byte("X"))
		got, want := string(h.OnDisk(dir+"/a.txt")), "SECRET"
		if holdsAll(letters, "wd") {
			want = "XECRET"
			if err != nil {
				t.Errorf("with %q: %v", letters, err)
			}
		}
		if got != want {
			t.Errorf("with %q: on disk %q, %v", letters, got, err)
		}
		if holdsAll(letters, "r|g") {
			continue
		}
		for _, name := range h.Names(dir) {
			if content, err := fetch(bob.(Client), dir+"/"+name); err == nil && strings.Contains(string(content), "ECRET") {
				t.Errorf("with %q: read %q as %s", letters, content, name)
			}
		}
	}
}
