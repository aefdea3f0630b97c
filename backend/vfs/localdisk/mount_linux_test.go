package localdisk_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

// mountMemory mounts a file system in memory on an empty folder until the test ends.
func mountMemory(t *testing.T, at, options string) bool {
	t.Helper()
	if err := unix.Mount("portico-test", at, "tmpfs", 0, options); err != nil {
		t.Log("no file system can be mounted: ", err)
		return false
	}
	t.Cleanup(func() {
		if err := unix.Unmount(at, 0); err != nil {
			t.Errorf("%s cannot be unmounted: %v", at, err)
			unix.Unmount(at, unix.MNT_DETACH)
		}
	})
	return true
}

// bindMount shows a folder or file at another place until the test ends.
func bindMount(t *testing.T, from, at string) bool {
	t.Helper()
	if err := unix.Mount(from, at, "", unix.MS_BIND, ""); err != nil {
		t.Log("nothing can be mounted: ", err)
		return false
	}
	t.Cleanup(func() {
		if err := unix.Unmount(at, 0); err != nil {
			t.Errorf("%s cannot be unmounted: %v", at, err)
			unix.Unmount(at, unix.MNT_DETACH)
		}
	})
	return true
}
