package vfs_test

import (
	"errors"
	"testing"

	"portico/backend/event"
	"portico/backend/vfs"
	"portico/backend/vfs/driver"
	"portico/backend/vfs/refusals"
	"portico/backend/vfs/vfstest"
)

// TestWayComesBack: what is in the way of a move that the storage refuses is there afterwards as it was,
// known as before, and nothing tells of a removal.
func TestWayComesBack(t *testing.T) {
	for _, trash := range []bool{true, false} {
		h := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Trash: trash}),
			vfstest.Drivers(func(dir string) driver.Driver { return refusals.New(openDisk(t, dir)) }))
		s := h.Owner()
		h.Put(s, "/files/d/a", "new")
		h.Put(s, "/files/e/b", "old")
		was := h.Put(s, "/files/f", "file")
		before := len(h.Events())
		f, err := s.Open("/files/d/a")
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{"/files/e", "/files/f"} {
			if _, err := s.Rename("/files/d", to, vfs.Replace); !errors.Is(err, vfs.ErrBusy) {
				t.Errorf("%s: %v", to, err)
			}
		}
		if got := h.Get(s, "/files/d/a") + h.Get(s, "/files/e/b") + h.Get(s, "/files/f"); got != "newoldfile" {
			t.Error(got)
		}
		if r, err := s.Record("/files/f"); err != nil || r.SHA256 != was.SHA256 {
			t.Errorf("%+v, %v", r, err)
		}
		if list, err := s.Trash("/"); err != nil || len(list) != 0 {
			t.Error(list, err)
		}
		if e := h.Events(); len(e) != before {
			t.Errorf("%+v", e[before:])
		}
		f.Close()
		if _, err := s.Rename("/files/d", "/files/e", vfs.Replace); err != nil {
			t.Error(err)
		}
		e := h.Events()[before:]
		if len(e) != 2 || e[0].Kind != event.Removed || e[1].Kind != event.Renamed {
			t.Errorf("%+v", e)
		}
		if list, err := s.Trash("/"); err != nil || trash != (len(list) == 1) {
			t.Error(list, err)
		}
		if h.Get(s, "/files/e/a") != "new" {
			t.Error("not moved")
		}
	}
}
