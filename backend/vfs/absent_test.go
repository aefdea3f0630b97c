package vfs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"portico/backend/event"
	"portico/backend/vfs"
	"portico/backend/vfs/driver"
	"portico/backend/vfs/objectsim"
	"portico/backend/vfs/vfstest"
)

// TestAbsentVolume: what is not connected is shown as that, nothing is taken for deleted or made in
// its place, and when it comes back all is as it was.
func TestAbsentVolume(t *testing.T) {
	bucket := objectsim.NewBucket(0)
	h := vfstest.New(t, vfstest.Now(), vfstest.Drivers(func(string) driver.Driver { return objectsim.Open(bucket, "test") }),
		vfstest.Volume(vfs.Volume{Name: "stick", Path: "/media/stick"}))
	s := h.Owner()
	h.Put(s, "/media/stick/a", "a")
	w, err := s.Create("/media/stick/up", vfs.CreateOptions{Size: -1, Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Keep(); err != nil {
		t.Fatal(err)
	}
	bucket.SetReachable(false)
	h.Clock.Add(2 * time.Second)
	for name, err := range map[string]error{
		"list":   second(s.List("/media/stick")),
		"stat":   second(s.Stat("/media/stick/a")),
		"open":   second(s.Open("/media/stick/a")),
		"put":    put(s, "/media/stick/b", "b", vfs.CreateOptions{}),
		"mkdir":  second(s.Mkdir("/media/stick/d", true)),
		"remove": second(s.Remove("/media/stick/a")),
		"rename": second(s.Rename("/media/stick/a", "/media/stick/b", vfs.Refuse)),
		"resume": second(s.Resume(w.ID())),
	} {
		if !errors.Is(err, vfs.ErrAbsent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if e, err := s.Stat("/media/stick"); err != nil || !e.Absent || !e.Mount || !e.IsFolder() {
		t.Errorf("%+v %v", e, err)
	}
	if l, err := s.List("/media"); err != nil || len(l) != 1 || !l[0].Absent {
		t.Errorf("%+v %v", l, err)
	}
	absent := 0
	for e, err := range s.Walk("/") {
		if errors.Is(err, vfs.ErrAbsent) && e.Path == "/media/stick" {
			absent++
		}
	}
	if absent != 1 {
		t.Error(absent)
	}
	if v := h.Tree.Volumes(); len(v) != 1 || !v[0].Absent {
		t.Errorf("%+v", v)
	}
	bucket.SetReachable(true)
	if got := h.Get(s, "/media/stick/a"); got != "a" {
		t.Error(got)
	}
	if w, err = s.Resume(w.ID()); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	kinds := map[event.Kind]int{}
	for _, e := range h.Events() {
		kinds[e.Kind]++
	}
	if kinds[event.VolumeAbsent] != 1 || kinds[event.VolumeBack] != 1 {
		t.Error(kinds)
	}
}

func second[T any](_ T, err error) error { return err }

// TestMounts: volumes come and go; one that lies in another is what its name means there.
func TestMounts(t *testing.T) {
	h := vfstest.New(t,
		vfstest.Volume(vfs.Volume{Name: "outer", Path: "/"}),
		vfstest.Volume(vfs.Volume{Name: "inner", Path: "/a/b"}))
	s := h.Owner()
	h.Put(s, "/a/x", "outer")
	write(t, h.Disk["/"]+"/a/b", "a file where the mount is")
	h.Put(s, "/a/b/y", "inner")
	wantNames(t, s, "/", "a")
	wantNames(t, s, "/a", "b", "x")
	wantNames(t, s, "/a/b", "y")
	if e, err := s.Stat("/a/b"); err != nil || !e.Mount || !e.IsFolder() {
		t.Errorf("%+v %v", e, err)
	}
	f, err := s.Open("/a/b/y")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []vfs.Volume{{Name: "inner", Path: "/c"}, {Name: "other", Path: "/a/b"}, {Name: "bad", Path: "c"}, {Path: "/d"}} {
		v.Driver = openDisk(t, t.TempDir())
		if err := h.Tree.Mount(context.Background(), v); err == nil {
			t.Errorf("mounted %+v", v)
		}
		v.Driver.Close()
	}
	if err := h.Tree.Unmount(context.Background(), "/a/b"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(make([]byte, 1)); err == nil {
		t.Error("a handle outlived its volume")
	}
	if got := h.Get(s, "/a/b"); got != "a file where the mount is" {
		t.Error(got)
	}
	if err := h.Tree.Unmount(context.Background(), "/a/b"); err == nil {
		t.Error("unmounted twice")
	}
}
