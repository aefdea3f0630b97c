package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestRoomForRemovals: on a full disk nothing is written but what makes room.
func TestRoomForRemovals(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("portico-test", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skip("no file system can be mounted: ", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { s.Close() }()
	reserve := filepath.Join(dir, reserveName)
	if fi, err := os.Stat(reserve); err != nil || fi.Size() != reserveBytes {
		t.Fatal(fi, err)
	}
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err = nil; err == nil; {
		_, err = f.Write(bytes.Repeat([]byte("x"), 4096))
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	for err = nil; err == nil; {
		err = s.Write(t.Context(), Durable, put("/ordinary"))
	}
	if !errors.Is(err, ErrNoSpace) {
		t.Fatal(err)
	}
	if _, err := os.Stat(reserve); err != nil {
		t.Error("an ordinary write took the reserve: ", err)
	}
	for range 50 {
		if err := s.Write(MakesRoom(t.Context()), Durable, put("/removal")); err != nil {
			t.Fatal(err)
		}
	}
	// With room again all goes on, and the next start lays the reserve by.
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := s.Write(t.Context(), Durable, put("/after")); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if s, err = Open(t.Context(), Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Stat(reserve); err != nil || fi.Size() != reserveBytes {
		t.Error(fi, err)
	}
}
