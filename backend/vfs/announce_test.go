package vfs_test

import (
	"fmt"
	"testing"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestAnnounced: the latest claim of a batch is remembered, and of many batches only so many.
func TestAnnounced(t *testing.T) {
	h := vfstest.New(t)
	say := func(batch string, files, bytes int64) {
		h.Tree.Session(t.Context(), vfstest.User("ann"), vfs.Origin{Door: "http", Batch: batch, BatchFiles: files, BatchBytes: bytes}).Close()
	}
	say("trip", 3, 30)
	say("trip", 4, 40)
	say("trip", 0, 0)
	say("", 5, 50)
	list := h.Tree.Announced()
	if len(list) != 1 || list[0].Origin.Batch != "trip" || list[0].Origin.BatchFiles != 4 || list[0].Identity.Name != "ann" {
		t.Fatalf("%+v", list)
	}
	for i := range 1000 {
		say(fmt.Sprint("flood ", i), 1, 1)
	}
	if n := len(h.Tree.Announced()); n != 256 {
		t.Errorf("%d are remembered", n)
	}
}
