package vfs_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"portico/backend/vfs"
	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
	"portico/backend/vfs/objectsim"
	"portico/backend/vfs/refusals"
	"portico/backend/vfs/vfstest"
)

func openDisk(t testing.TB, dir string) driver.Driver {
	t.Helper()
	d, err := localdisk.Open(context.Background(), localdisk.Options{Root: dir, Instance: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// storages are what a volume may be kept by: the disk, a disk that refuses what Windows refuses, and
// a store of objects.
func storages(t testing.TB) map[string]func(dir string) driver.Driver {
	buckets := map[string]*objectsim.Bucket{}
	return map[string]func(string) driver.Driver{
		"disk":     func(dir string) driver.Driver { return openDisk(t, dir) },
		"refusals": func(dir string) driver.Driver { return refusals.New(openDisk(t, dir)) },
		"objects": func(dir string) driver.Driver {
			b := buckets[dir]
			if b == nil {
				b = objectsim.NewBucket(0)
				buckets[dir] = b
			}
			return objectsim.Open(b, "test")
		},
	}
}

// TestOnEveryStorage runs what every door needs on every kind of storage.
func TestOnEveryStorage(t *testing.T) {
	for name, open := range storages(t) {
		t.Run(name, func(t *testing.T) {
			for _, v := range []vfs.Volume{
				{Name: "plain", Path: "/files"}, {Name: "keeping", Path: "/files", Trash: true, Versions: true},
			} {
				t.Run(v.Name, func(t *testing.T) { everyVerb(t, vfstest.New(t, vfstest.Drivers(open), vfstest.Volume(v)), v) })
			}
		})
	}
}

func everyVerb(t *testing.T, h *vfstest.House, v vfs.Volume) {
	s := h.Owner()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	h.Put(s, "/files/a/b/one", "one")
	h.Put(s, "/files/a/b/two", "two")
	h.Put(s, "/files/a/three", "three")
	_, err := s.Copy("/files/a", "/files/c", vfs.Refuse)
	must(err)
	_, err = s.Rename("/files/c", "/files/d", vfs.Refuse)
	must(err)
	_, err = s.Rename("/files/d/three", "/files/four", vfs.Refuse)
	must(err)
	_, err = s.Rename("/files/four", "/files/d/b/one", vfs.Replace)
	must(err)
	h.Put(s, "/files/a/b/two", "two, replaced")
	must(put(s, "/files/a/b/two", ", appended", vfs.CreateOptions{Base: vfs.Append}))
	must(put(s, "/files/a/b/two", "2", vfs.CreateOptions{OnExist: vfs.KeepBoth}))
	want := map[string]string{
		"/files/a/": "", "/files/a/b/": "", "/files/a/b/one": "one", "/files/a/b/two": "two, replaced, appended",
		"/files/a/b/two (2)": "2", "/files/a/three": "three", "/files/d/": "", "/files/d/b/": "", "/files/d/b/one": "three", "/files/d/b/two": "two",
	}
	if got := visible(t, h, s); !same(got, want) {
		t.Fatalf("%v\nwant %v", got, want)
	}
	list, err := s.Versions("/files/a/b/two")
	must(err)
	if v.Versions != (len(list) == 2) {
		t.Errorf("%+v", list)
	}
	if v.Versions {
		_, err := s.Restore(list[1].ID, vfs.Replace)
		must(err)
		if got := h.Get(s, "/files/a/b/two"); got != "two" {
			t.Error(got)
		}
	}
	r, err := s.Remove("/files/a")
	must(err)
	if r.Files != 4 || r.Folders != 2 {
		t.Errorf("%+v", r)
	}
	wantNames(t, s, "/files", "d")
	if v.Trash {
		_, err := s.Restore(r.Trash, vfs.Refuse)
		must(err)
		wantNames(t, s, "/files", "a", "d")
		wantNames(t, s, "/files/a/b", "one", "two", "two (2)")
	}
	w, err := s.Create("/files/pipelined", vfs.CreateOptions{Size: -1})
	must(err)
	content := noise(1 << 20)
	for _, i := range []int{1, 0, 3, 2, 5, 6, 7, 4, 8, 9, 10, 11, 15, 14, 13, 12} { // as SFTP clients do
		_, err := w.WriteAt(content[i<<16:(i+1)<<16], int64(i)<<16)
		must(err)
	}
	res, err := w.Commit()
	must(err)
	wantResult(t, res, content)
	f, err := s.Open("/files/pipelined")
	must(err)
	if n, err := f.SendTo(io.Discard, 100, 200_000); n != 200_000 || err != nil {
		t.Error(n, err)
	}
	f.Close()
	if _, err := s.Create("/files/no", vfs.CreateOptions{Size: -1, IfMatch: "*"}); !errors.Is(err, vfs.ErrPrecondition) {
		t.Error(err)
	}
}
