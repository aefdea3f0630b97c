package vfs_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestCommitted: a session of a door whose requests stand alone is never sent half a file, not even
// its own identity's.
func TestCommitted(t *testing.T) {
	h := vfstest.New(t)
	speak := func() *vfs.Session {
		s := h.Tree.Session(context.Background(), vfstest.Owner(), vfs.Origin{Door: "test", Committed: true})
		t.Cleanup(s.Close)
		return s
	}
	writer, reader := speak(), speak()
	h.Put(h.Owner(), "/files/old", "complete")
	for _, name := range []string{"/files/old", "/files/new"} {
		w, err := writer.Create(name, vfs.CreateOptions{Size: -1})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abort()
		if _, err := w.Write([]byte("half")); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*vfs.Session{writer, reader} {
		if got := h.Get(s, "/files/old"); got != "complete" {
			t.Errorf("old: %q", got)
		}
		if _, err := s.Open("/files/new"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("new: %v", err)
		}
		list, err := s.List("/files")
		if err != nil || len(list) != 2 || !list[0].Pending || list[1].Pending || list[1].Size != 8 {
			t.Errorf("%+v %v", list, err)
		}
	}
}
