package vfs_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/driver"
	"portico/backend/vfs/vfstest"
)

const mib = 1 << 20

// narrow is a disk of 64 MiB, on which only large files take room.
type narrow struct {
	driver.Driver
	root string
}

func (n narrow) Usage(context.Context) (free, total int64, err error) {
	used := int64(0)
	err = filepath.WalkDir(n.root, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if fi, ierr := d.Info(); ierr == nil && fi.Size() >= mib {
				used += fi.Size()
			}
		}
		return nil
	})
	return 64*mib - used, 64 * mib, err
}

// shortHouse has eight things of 2 MiB in its trash and extra MiB less free than its floor.
func shortHouse(t *testing.T, extra int) *vfstest.House {
	t.Helper()
	h := vfstest.New(t, vfstest.Now(),
		vfstest.Drivers(func(dir string) driver.Driver { return narrow{openDisk(t, dir), dir} }),
		vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Durability: store.Fast, Trash: true}))
	s := h.Owner()
	for i := range 8 {
		name := fmt.Sprintf("/files/%d", i)
		h.Put(s, name, strings.Repeat("x", 2*mib))
		if _, err := s.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	h.Tree.SetFloor("/files", int64(64-16+extra)*mib)
	h.Clock.Add(2e9) // what is free is asked anew
	return h
}

func trashed(t *testing.T, h *vfstest.House) int {
	t.Helper()
	list, err := h.Owner().Trash("/files")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// TestShortDiskKeepsWhatItCan: a disk that is short loses as much of its trash as it needs.
func TestShortDiskKeepsWhatItCan(t *testing.T) {
	for _, c := range []struct{ short, left int }{{0, 8}, {1, 7}, {2, 7}, {3, 6}} {
		h := shortHouse(t, c.short)
		h.Tree.Housekeep()
		if n := trashed(t, h); n != c.left {
			t.Errorf("short of %d MiB: %d of 8 are left, want %d", c.short, n, c.left)
		}
	}
}

// TestRoomForBytesThatCame: nobody is refused while the trash could make room, and what is only
// announced makes none.
func TestRoomForBytesThatCame(t *testing.T) {
	h := shortHouse(t, 1)
	s := h.Owner()
	if _, err := s.Create("/files/huge", vfs.CreateOptions{Size: 60 * mib}); !errors.Is(err, vfs.ErrNoSpace) {
		t.Errorf("more than there is, trash and all: %v", err)
	}
	w, err := s.Create("/files/large", vfs.CreateOptions{Size: 12 * mib})
	if err != nil {
		t.Fatalf("the trash could make room: %v", err)
	}
	if n := trashed(t, h); n != 8 {
		t.Fatalf("an announcement purged %d", 8-n)
	}
	if _, err := w.Write(make([]byte, mib)); err != nil {
		t.Fatal(err)
	}
	if n := trashed(t, h); n < 4 || n > 7 {
		t.Errorf("one MiB left %d of 8", n)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	h.Tree.SetFloor("/files", 60*mib)
	h.Clock.Add(2e9)
	if _, err := s.Create("/files/none", vfs.CreateOptions{Size: 20 * mib}); !errors.Is(err, vfs.ErrNoSpace) {
		t.Error(err)
	}
}

// sized is a disk that says how large it is.
type sized struct {
	driver.Driver
	free, total int64
}

func (d sized) Usage(context.Context) (free, total int64, err error) { return d.free, d.total, nil }

// TestRoomAboveVolumes: a folder that only holds volumes has the room of the largest to which the caller
// may add, and else of the largest that the caller sees.
func TestRoomAboveVolumes(t *testing.T) {
	of := func(name string, free, total int64) vfstest.Option {
		return vfstest.Volume(vfs.Volume{Name: name, Path: "/all/" + name, Durability: store.Fast, Driver: sized{openDisk(t, t.TempDir()), free, total}})
	}
	h := vfstest.New(t, of("stick", 1, 10), of("disk", 50, 100), of("archive", 700, 1000),
		vfstest.Grant("/all", vfstest.Account("ann"), "rwmd"), vfstest.Grant("/all/archive", vfstest.Account("ann"), "r"),
		vfstest.Grant("/all/archive", vfstest.Account("ben"), "r"))
	for who, want := range map[string][2]int64{"ann": {50, 100}, "ben": {700, 1000}, "nobody": {}} {
		free, total, err := h.Session(vfstest.User(who)).Usage("/")
		if err != nil || free != want[0] || total != want[1] {
			t.Errorf("%s: %d of %d, %v", who, free, total, err)
		}
	}
}
