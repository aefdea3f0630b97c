package control

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes f for this process, or returns ErrRunning at once. It goes with the process, however
// that ends.
func lock(f *os.File) error {
	const whole = ^uint32(0)
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, whole, whole, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrRunning
	}
	return err
}
