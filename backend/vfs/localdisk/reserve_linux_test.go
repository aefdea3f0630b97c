package localdisk

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestReserveInMemory: what is only announced takes no memory.
func TestReserveInMemory(t *testing.T) {
	t.Parallel()
	var s unix.Statfs_t
	if err := unix.Statfs("/dev/shm", &s); err != nil || s.Type != unix.TMPFS_MAGIC {
		t.Skip("/dev/shm is not in memory here")
	}
	f, err := os.CreateTemp("/dev/shm", "reserve")
	if err != nil {
		t.Skip(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := reserve(f, 8<<20); err != nil {
		t.Fatal(err)
	}
	var stat unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &stat); err != nil || stat.Blocks != 0 {
		t.Errorf("%d blocks are taken (%v)", stat.Blocks, err)
	}
}
