package vfs_test

import (
	"testing"

	"portico/backend/access"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestBegins: whoever waits is told of the next transfer, and of no look at a folder.
func TestBegins(t *testing.T) {
	h := vfstest.New(t)
	h.Tree.SetPolicy(access.NewPolicy([]access.Grant{{Path: "/files", Who: vfstest.Everyone(), Rights: vfstest.Rights("rw")}}))
	s := h.Tree.Session(t.Context(), access.Identity{Kind: access.Guest}, vfs.Origin{})
	defer s.Close()
	begun := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	for range 2 {
		one, other := h.Tree.Begins(), h.Tree.Begins()
		if _, err := s.List("/files"); err != nil || begun(one) {
			t.Fatal("a look is no transfer", err)
		}
		w, err := s.Create("/files/new", vfs.CreateOptions{Size: -1})
		if err != nil {
			t.Fatal(err)
		}
		if !begun(one) || !begun(other) || begun(h.Tree.Begins()) {
			t.Error("not everybody who waits was told, or somebody who came later")
		}
		w.Abort()
	}
}
