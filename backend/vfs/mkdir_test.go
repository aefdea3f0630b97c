package vfs_test

import (
	"errors"
	"strings"
	"testing"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestFoldersOnTheWay: one request makes only so many, and what is refused makes none.
func TestFoldersOnTheWay(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	if err := put(s, "/files"+strings.Repeat("/d", 1000)+"/f", "x", vfs.CreateOptions{Parents: true}); !errors.Is(err, vfs.ErrName) || !strings.Contains(err.Error(), "64") {
		t.Error(err)
	}
	if _, err := s.Mkdir("/files"+strings.Repeat("/d", 65), true); !errors.Is(err, vfs.ErrName) {
		t.Error(err)
	}
	if list, err := s.List("/files"); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
	deep := "/files" + strings.Repeat("/d", 64)
	if _, err := s.Mkdir(deep, true); err != nil {
		t.Fatal(err)
	}
	if err := put(s, deep+strings.Repeat("/d", 64)+"/f", "x", vfs.CreateOptions{Parents: true}); err != nil {
		t.Error(err)
	}
}
