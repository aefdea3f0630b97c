//go:build unix && !linux

package localdisk

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// umask of the process: it can only be read by setting it, so for an instant files are made private.
func umask() fs.FileMode {
	old := unix.Umask(0o077)
	unix.Umask(old)
	return fs.FileMode(old) & 0o777
}

// mountBegins reports whether a file system is mounted at path.
func mountBegins(path string) bool {
	a, errA := statPath(path)
	b, errB := statPath(filepath.Dir(path))
	return errA == nil && errB == nil && a.dev != b.dev
}

func usageOf(f *os.File) (free, total int64, err error) {
	var s unix.Statfs_t
	if err = unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return 0, 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize), nil
}

func setTimes(f *os.File, in dir, base string, modTime time.Time) error {
	return in.chtimes(base, modTime)
}
