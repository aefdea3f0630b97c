package localdisk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// umask: Windows has none.
func umask() fs.FileMode { return 0 }

// mountBegins: a drive that is not connected has no folder to mistake for it.
func mountBegins(path string) bool { return false }

func usageOf(f *os.File) (free, total int64, err error) {
	p, err := windows.UTF16PtrFromString(f.Name())
	if err != nil {
		return 0, 0, err
	}
	var avail, all, unused uint64
	if err = windows.GetDiskFreeSpaceEx(p, &avail, &all, &unused); err != nil {
		return 0, 0, err
	}
	return int64(avail), int64(all), nil
}

// metaOf has no inode number here: identity is left to os.SameFile, and a version digests size and
// times. The time of making stands in for the time of change.
func metaOf(fi fs.FileInfo) meta {
	m := meta{mode: fi.Mode(), size: fi.Size(), blocks: fi.Size() / 512, links: 1, mtime: fi.ModTime().UnixNano(), info: fi}
	if s, ok := fi.Sys().(*syscall.Win32FileAttributeData); ok {
		m.ctime = s.CreationTime.Nanoseconds()
	}
	return m
}

func isNotDir(err error) bool {
	return errors.Is(err, windows.ERROR_DIRECTORY) || errors.Is(err, windows.ERROR_PATH_NOT_FOUND)
}

func isInvalid(err error) bool { return errors.Is(err, windows.ERROR_INVALID_PARAMETER) }

func syncFolder(f *os.File) error { return nil } // NTFS journals names

// A stage is held by the process that runs the instance; the data folder has the lock.
func hold(f *os.File) error      { return nil }
func holdStage(f *os.File) error { return nil }

func private(in dir, m meta) error { return nil } // the volume's own access list is inherited

func oldAttributes(f, src *os.File, old meta) error {
	if old.mode.Perm()&0o200 == 0 {
		return f.Chmod(old.mode.Perm())
	}
	return nil
}

func freshAttributes(f *os.File, in dir, m meta, perm fs.FileMode) error { return nil }

func narrow(f *os.File, most fs.FileMode) error { return nil }

func setTimes(f *os.File, in dir, base string, modTime time.Time) error {
	t := windows.NsecToFiletime(modTime.UnixNano())
	return windows.SetFileTime(windows.Handle(f.Fd()), nil, nil, &t)
}
