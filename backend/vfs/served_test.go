package vfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestServedFromInside: a folder that is a volume of its own is not taken away through the volume that
// it lies in, also while it is not there, and under whatever path it is served.
func TestServedFromInside(t *testing.T) {
	for _, linked := range []bool{false, true} {
		outer := t.TempDir()
		inner := filepath.Join(outer, "a", "b")
		if err := os.MkdirAll(inner, 0o755); err != nil {
			t.Fatal(err)
		}
		root := inner
		if linked {
			way := filepath.Join(t.TempDir(), "way")
			if err := os.Symlink(filepath.Join(outer, "a"), way); err != nil {
				t.Skip(err)
			}
			root = filepath.Join(way, "b")
		}
		h := vfstest.New(t,
			vfstest.Volume(vfs.Volume{Name: "aa", Path: "/aa", Driver: openDisk(t, outer), Durability: store.Fast}),
			vfstest.Volume(vfs.Volume{Name: "bb", Path: "/bb", Driver: openDisk(t, root), Durability: store.Fast}))
		s := h.Owner()
		h.Put(s, "/bb/f", "f")
		h.Put(s, "/aa/a/c/f", "f")
		refused := func() {
			t.Helper()
			for _, name := range []string{"/aa/a/b", "/aa/a"} {
				if _, err := s.Remove(name); !errors.Is(err, vfs.ErrBoundary) {
					t.Errorf("remove %s: %v", name, err)
				}
				if _, err := s.Rename(name, "/aa/moved", vfs.Refuse); !errors.Is(err, vfs.ErrBoundary) {
					t.Errorf("rename %s: %v", name, err)
				}
			}
		}
		refused()
		if got := h.Get(s, "/bb/f"); got != "f" {
			t.Error(got)
		}
		if _, err := s.Remove("/aa/a/c"); err != nil {
			t.Error(err)
		}
		// The host takes the folder away and makes it anew.
		if err := os.RemoveAll(inner); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(inner, 0o755); err != nil {
			t.Fatal(err)
		}
		refused()
	}
}
