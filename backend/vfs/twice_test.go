package vfs_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/driver"
	"portico/backend/vfs/vfstest"
)

// TestFolderMountedTwice: what one volume sweeps at the start may be what another keeps.
func TestFolderMountedTwice(t *testing.T) {
	shared := t.TempDir()
	h := vfstest.New(t,
		vfstest.Volume(vfs.Volume{Name: "one", Path: "/one", Durability: store.Fast}),
		vfstest.Volume(vfs.Volume{Name: "two", Path: "/two", Durability: store.Fast}),
		vfstest.Drivers(func(string) driver.Driver { return openDisk(t, shared) }))
	for _, at := range []string{"/one", "/two"} {
		w, err := h.Owner().Create(at+"/file", vfs.CreateOptions{Size: 8, Resume: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("half")); err != nil {
			t.Fatal(err)
		}
		if err := w.Keep(); err != nil {
			t.Fatal(err)
		}
		h.Reopen()
		w, err = h.Owner().Resume(w.ID())
		if err != nil {
			t.Fatal(at, err)
		}
		if _, err := w.Write([]byte("more")); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		if got := h.Get(h.Owner(), at+"/file"); got != "halfmore" {
			t.Error(at, got)
		}
		if _, err := h.Owner().Remove(at + "/file"); err != nil {
			t.Fatal(err)
		}
	}
}

// measuring is a driver in whose folder "mnt" another disk is mounted.
type measuring struct{ driver.Driver }

type measuringObject struct {
	driver.Object
	total int64
}

type measuringFolder struct {
	driver.Folder
	total int64
}

func (d measuring) Usage(context.Context) (int64, int64, error) { return 10, 100, nil }

func (d measuring) Lookup(ctx context.Context, name string, want driver.Want) (driver.Object, error) {
	obj, err := d.Driver.Lookup(ctx, name, want)
	if err != nil || want != driver.WantDir {
		return obj, err
	}
	total := int64(100)
	if name == "mnt" {
		total = 1000
	}
	return measuringObject{obj, total}, nil
}

func (o measuringObject) Folder() (driver.Folder, error) {
	f, err := o.Object.Folder()
	if err != nil {
		return nil, err
	}
	return measuringFolder{f, o.total}, nil
}

func (f measuringFolder) Usage(context.Context) (int64, int64, error) {
	return f.total / 10, f.total, nil
}

// TestUsageWhereItLies: free space is that of the disk on which the name lies.
func TestUsageWhereItLies(t *testing.T) {
	h := vfstest.New(t, vfstest.Drivers(func(dir string) driver.Driver { return measuring{openDisk(t, dir)} }))
	s := h.Owner()
	for _, dir := range []string{"/files/mnt", "/files/dir"} {
		if _, err := s.Mkdir(dir, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(h.Disk["/files"], "mnt", "f"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int64{
		"/files": 100, "/files/dir": 100, "/files/mnt": 1000, "/files/mnt/f": 1000, "/files/mnt/new": 1000, "/files/new": 100,
	} {
		free, total, err := s.Usage(name)
		if err != nil || total != want || free != want/10 {
			t.Errorf("%s: %d of %d, %v", name, free, total, err)
		}
	}
}
