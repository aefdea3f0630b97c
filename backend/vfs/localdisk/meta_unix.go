//go:build unix

package localdisk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

func metaOf(fi fs.FileInfo) meta {
	m := meta{mode: fi.Mode(), size: fi.Size(), mtime: fi.ModTime().UnixNano(), info: fi}
	if s, ok := fi.Sys().(*syscall.Stat_t); ok {
		m.dev, m.ino, m.links = uint64(s.Dev), uint64(s.Ino), uint64(s.Nlink)
		m.blocks, m.uid, m.gid = int64(s.Blocks), s.Uid, s.Gid
		m.ctime = changeTime(s)
	}
	return m
}

func isNotDir(err error) bool  { return errors.Is(err, unix.ENOTDIR) }
func isInvalid(err error) bool { return errors.Is(err, unix.EINVAL) }

// syncFolder makes the names in an opened folder survive power loss.
func syncFolder(f *os.File) error {
	err := f.Sync()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		return nil // a file system without folders to sync
	}
	return err
}

// hold marks an opened folder as in use, beside others of this instance.
func hold(f *os.File) error { return flock(f, unix.LOCK_SH) }

// holdStage takes a stage for one opener alone.
func holdStage(f *os.File) error { return flock(f, unix.LOCK_EX) }

func flock(f *os.File, how int) error {
	err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOLCK) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EBADF) {
		return nil // a file system without locks
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		return unix.EBUSY
	}
	return err
}

// private insists that a folder of ours belongs to us and is closed to others.
func private(in dir, m meta) error {
	if int(m.uid) != os.Geteuid() {
		return errors.New("the hidden place belongs to another user")
	}
	if m.mode.Perm()&0o077 == 0 {
		return nil
	}
	l, err := in.list()
	if err != nil {
		return err
	}
	defer l.Close()
	return l.Chmod(0o700)
}
