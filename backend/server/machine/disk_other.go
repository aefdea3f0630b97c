//go:build !linux

package machine

import "os"

// DiskOf looks at the disk that holds a folder. Sizes are not told on this system.
func DiskOf(folder string) (Disk, error) {
	_, err := os.Stat(folder)
	return Disk{}, err
}

// Writable reports whether this user may write into a folder, as far as its mode tells.
func Writable(folder string) bool {
	about, err := os.Stat(folder)
	return err == nil && about.Mode().Perm()&0o222 != 0
}

// ClockKept is not known on this system.
func ClockKept() (kept, known bool) { return false, false }

// OpenFiles is not known on this system.
func OpenFiles() uint64 { return 0 }

// Fuse is not known on this system.
func Fuse() (text string, known bool) { return "", false }
