package vfs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// longAgo makes folders look as if nobody had changed them for an hour, as far as their times tell.
func longAgo(t testing.TB, folders ...string) {
	t.Helper()
	then := time.Now().Add(-time.Hour).Truncate(time.Second)
	for _, f := range folders {
		if err := os.Chtimes(f, then, then); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHiddenNamesStay: who may not see a name does not move it, however deep it lies and however often
// the folder was moved before it came.
func TestHiddenNamesStay(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "rwmd"))
	disk := h.Disk["/files"]
	g := h.Guest()
	for _, name := range []string{"/files/d/a", "/files/d/e/f/a", "/files/d/e/g/a"} {
		h.Put(h.Owner(), name, "x")
	}
	for _, sub := range []string{"d/e/f", "d/e", "d"} {
		longAgo(t, filepath.Join(disk, sub))
	}
	at := 0
	move := func() error {
		from, to := fmt.Sprintf("/files/d%d", at), fmt.Sprintf("/files/d%d", at+1)
		if at == 0 {
			from = "/files/d"
		}
		_, err := g.Rename(from, to, vfs.Refuse)
		if err == nil {
			at++
		}
		return err
	}
	for range 3 {
		if err := move(); err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"", "e", "e/f", "e/g"} {
		hidden := filepath.Join(disk, fmt.Sprintf("d%d", at), sub, ".hidden")
		if err := os.WriteFile(hidden, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := move(); !errors.Is(err, vfs.ErrBoundary) {
			t.Errorf("a hidden name in %q: %v", sub, err)
		}
		// … nor is it forgotten because the folder's time is set back.
		longAgo(t, filepath.Dir(hidden))
		if err := move(); !errors.Is(err, vfs.ErrBoundary) {
			t.Errorf("a hidden name in %q, its folder old: %v", sub, err)
		}
		if err := os.Remove(hidden); err != nil {
			t.Fatal(err)
		}
		longAgo(t, filepath.Dir(hidden))
		if err := move(); err != nil {
			t.Error(sub, err)
		}
	}
	if err := os.MkdirAll(filepath.Join(disk, fmt.Sprintf("d%d", at), "new/.git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := move(); !errors.Is(err, vfs.ErrBoundary) {
		t.Error(err)
	}
}

// BenchmarkRenameFolder moves a folder of 20,000 names for somebody who may not see all names.
func BenchmarkRenameFolder(b *testing.B) {
	h := vfstest.New(b, vfstest.Grant("/files", vfstest.Everyone(), "rwmd"))
	s := h.Guest()
	dir := filepath.Join(h.Disk["/files"], "d0")
	if err := os.Mkdir(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range 20000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("IMG_%d.jpg", i)), nil, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	longAgo(b, dir)
	n := 0
	for b.Loop() {
		if _, err := s.Rename(fmt.Sprintf("/files/d%d", n), fmt.Sprintf("/files/d%d", n+1), vfs.Refuse); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
