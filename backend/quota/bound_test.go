package quota_test

import (
	"testing"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestRoomIsWhatMayBeHeld: whoever may hold less than the disk is told of that, everybody else of the disk.
func TestRoomIsWhatMayBeHeld(t *testing.T) {
	h, l := house(t, 1000)
	s := h.Session(vfstest.User("ann"))
	room := func(s *vfs.Session) (free, total int64) {
		t.Helper()
		free, total, err := s.Usage("/files")
		if err != nil {
			t.Fatal(err)
		}
		return free, total
	}
	if free, total := room(s); free != 1000 || total != 1000 {
		t.Errorf("empty: %d of %d", free, total)
	}
	if err := put(s, "/files/a", 400, 400); err != nil {
		t.Fatal(err)
	}
	if free, total := room(s); free != 600 || total != 1000 {
		t.Errorf("with 400: %d of %d", free, total)
	}
	if free, total := room(h.Owner()); free < 10_000 || total < free {
		t.Errorf("the disk: %d of %d", free, total)
	}
	l.limit.Store(100)
	if free, total := room(s); free != 0 || total != 400 {
		t.Errorf("with more than there may be: %d of %d", free, total)
	}
	l.limit.Store(0)
	if free, _ := room(s); free < 10_000 {
		t.Errorf("without a bound: %d", free)
	}
}
