package vfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestMoveAcrossIsWhole: a move to another storage takes everything along or does not happen.
func TestMoveAcrossIsWhole(t *testing.T) {
	h := vfstest.New(t,
		vfstest.Volume(vfs.Volume{Name: "in", Path: "/in"}), vfstest.Volume(vfs.Volume{Name: "team", Path: "/team"}),
		vfstest.Volume(vfs.Volume{Name: "open", Path: "/open"}),
		vfstest.Grant("/in", vfstest.Everyone(), "w"), vfstest.Grant("/open", vfstest.Everyone(), "rw"),
		vfstest.Grant("/team", vfstest.Account("bob"), "rwmd"))
	owner, guest, bob := h.Owner(), h.Guest(), h.Session(vfstest.User("bob"))
	list := func(dir string) string {
		var names []string
		for e, err := range owner.Walk(dir) {
			if err != nil {
				t.Error(err)
			}
			if e.Path != dir {
				names = append(names, strings.TrimPrefix(e.Path, dir))
			}
		}
		return strings.Join(names, " ")
	}
	h.Put(guest, "/in/own/a", "a")
	h.Put(guest, "/in/own/sub/b", "b")
	h.Put(guest, "/in/shared/a", "a")
	h.Put(bob, "/in/shared/bobs", "b")
	h.Put(bob, "/team/litter/a", "a")
	h.Put(bob, "/team/litter/._a", "a")
	h.Put(owner, "/team/dots/a", "a")
	h.Put(owner, "/team/dots/sub/.env", "secret")
	for _, c := range []struct {
		by       *vfs.Session
		from, to string
		want     error
		holds    string // in the end, wherever it is
	}{
		{guest, "/in/own", "/open/own", nil, "/a /sub /sub/b"},
		{guest, "/in/shared", "/open/shared", fs.ErrPermission, "/a /bobs"},
		{guest, "/in/shared/bobs", "/open/bobs", fs.ErrNotExist, ""},
		{bob, "/team/litter", "/open/litter", nil, "/._a /a"},
		{bob, "/team/dots", "/open/dots", vfs.ErrBoundary, "/a /sub /sub/.env"},
	} {
		before := list(c.from)
		_, err := c.by.Rename(c.from, c.to, vfs.Refuse)
		if !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", c.from, err, c.want)
		}
		gone, made := c.from, c.to
		if c.want != nil {
			gone, made = made, gone
		}
		if _, err := owner.Stat(gone); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %s is there", c.from, gone)
		}
		if got := list(made); c.holds != "" && got != c.holds || c.want != nil && got != before {
			t.Errorf("%s: %s holds %q, want %q", c.from, made, got, c.holds)
		}
	}
}

// TestMoveAcrossKeepsWhatCameLater: what a crash left at the source of a move is taken away at the next
// start only as it was copied.
func TestMoveAcrossKeepsWhatCameLater(t *testing.T) {
	for _, late := range []bool{false, true} {
		h := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files"}), vfstest.Volume(vfs.Volume{Name: "more", Path: "/more"}))
		s := h.Owner()
		h.Put(s, "/files/d/a", "a")
		h.Tree.OnStep(func(at string) error {
			if at == "record" {
				return vfs.ErrKilled
			}
			return nil
		})
		if _, err := s.Rename("/files/d", "/more/d", vfs.Refuse); !errors.Is(err, vfs.ErrKilled) {
			t.Fatal(err)
		}
		h.Tree.Kill()
		if late {
			if err := os.WriteFile(filepath.Join(h.Disk["/files"], "d", "late"), []byte("late"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		h.Reopen()
		s = h.Owner()
		if got := h.Get(s, "/more/d/a"); got != "a" {
			t.Error(got)
		}
		if _, err := s.Stat("/files/d/late"); late != (err == nil) {
			t.Errorf("late %v: %v", late, err)
		}
		if _, err := s.Stat("/files/d"); late != (err == nil) {
			t.Errorf("late %v: %v", late, err)
		}
	}
}
