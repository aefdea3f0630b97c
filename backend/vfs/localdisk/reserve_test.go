package localdisk

import (
	"context"
	"testing"

	"portico/backend/vfs/driver"
)

// TestReserveAsBytesCome: what was only announced takes nothing, and what comes never more than twice
// its own.
func TestReserveAsBytesCome(t *testing.T) {
	t.Parallel()
	d, err := Open(context.Background(), Options{Root: t.TempDir(), Instance: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	o, err := d.Lookup(t.Context(), ".", driver.WantDir)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	f, err := o.Folder()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	free, _, err := d.Usage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	made, err := f.Stage(t.Context(), driver.StageOptions{ID: "big", Size: free / 2})
	if err != nil {
		t.Fatal(err)
	}
	defer made.Discard()
	s := made.(*stage)
	if n := s.reserved; n != 0 {
		t.Fatalf("%d bytes are reserved for none", n)
	}
	piece := make([]byte, 64<<10)
	for off := int64(0); off < 4<<20; off += int64(len(piece)) {
		if _, err := s.WriteAt(piece, off); err != nil {
			t.Fatal(err)
		}
		if end := off + int64(len(piece)); s.reserved < end || s.reserved > end+max(end, cheapSize) {
			t.Fatalf("%d bytes are reserved for %d", s.reserved, end)
		}
	}
	before := s.reserved
	if _, err := s.WriteAt(piece, free/2-int64(len(piece))); err != nil {
		t.Fatal(err)
	}
	if s.reserved != before {
		t.Errorf("a piece far away reserves %d", s.reserved)
	}
	if _, err := f.Stage(t.Context(), driver.StageOptions{ID: "huge", Size: 4*free + 1<<40}); err == nil {
		t.Error("more than the disk has was promised")
	}
}
