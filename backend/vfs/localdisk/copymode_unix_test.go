//go:build unix

package localdisk_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestCopiesOpenNothing: what a copy, or a move to another volume, makes is open to no more people of
// this computer than what it was made of.
func TestCopiesOpenNothing(t *testing.T) {
	old := syscall.Umask(0o022)
	t.Cleanup(func() { syscall.Umask(old) })
	h := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files"}), vfstest.Volume(vfs.Volume{Name: "more", Path: "/more"}))
	s := h.Owner()
	modes := map[string]os.FileMode{"d": 0o750, "d/private": 0o600, "d/group": 0o640, "d/run": 0o755, "d/deep": 0o700, "d/deep/open": 0o644}
	for name := range modes {
		if filepath.Base(name) != "d" && filepath.Base(name) != "deep" {
			h.Put(s, "/files/"+name, name)
		}
	}
	for name, mode := range modes {
		if err := os.Chmod(filepath.Join(h.Disk["/files"], name), mode); err != nil {
			t.Fatal(err)
		}
	}
	check := func(root string) {
		t.Helper()
		for name, mode := range modes {
			fi, err := os.Stat(filepath.Join(root, name[1:]))
			if err != nil {
				t.Error(err)
			} else if fi.Mode().Perm() != mode {
				t.Errorf("%s of %s: %o, want %o", name, root, fi.Mode().Perm(), mode)
			}
		}
	}
	for _, to := range []string{"/files/e", "/more/e"} {
		if _, err := s.Copy("/files/d", to, vfs.Refuse); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Copy("/files/d/private", to+" alone", vfs.Refuse); err != nil {
			t.Fatal(err)
		}
		root := filepath.Join(h.Disk[filepath.Dir(to)], "e")
		check(root)
		if fi, err := os.Stat(root + " alone"); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", fi.Mode(), err)
		}
	}
	if _, err := s.Rename("/files/d", "/more/moved", vfs.Refuse); err != nil {
		t.Fatal(err)
	}
	check(filepath.Join(h.Disk["/more"], "moved"))
}
