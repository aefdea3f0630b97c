package localdisk

import (
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// beneath is a dir on openat2 and the fd-relative calls.
type beneath struct{ fd *fd }

// found is a handle from beneath: a descriptor opened with O_PATH, which reads nothing, never
// blocks and touches no device.
type found struct {
	fd *fd
	m  meta
}

var (
	_ dir    = (*beneath)(nil)
	_ handle = (*found)(nil)
)

// haveOpenat2 asks the kernel once per Disk: containers with old filters refuse the call, and a
// handle can only be opened for reading where /proc is mounted.
func haveOpenat2() bool {
	if _, err := os.Readlink("/proc/self/fd/0"); err != nil {
		if _, err = os.Stat("/proc/self/fd"); err != nil {
			return false
		}
	}
	n, err := unix.Openat2(unix.AT_FDCWD, ".", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH})
	if err != nil {
		return false
	}
	unix.Close(n)
	return true
}

func openBeneath(path string) (dir, error) {
	n, err := retry(func() (int, error) {
		return unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	})
	if err != nil {
		return nil, err
	}
	return &beneath{newFD(n)}, nil
}

func (d *beneath) find(name string, f follow) (handle, error) {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS}
	if f == noLinks {
		how.Flags |= unix.O_NOFOLLOW
		how.Resolve |= unix.RESOLVE_NO_SYMLINKS
	}
	n, err := d.openat2(name, &how)
	switch {
	case err == unix.ELOOP && f == noLinks:
		return nil, errLink
	case err == unix.ELOOP:
		return nil, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case err == unix.EXDEV:
		return nil, errEscape
	case err != nil:
		return nil, err
	}
	m, err := statx(n, "", unix.AT_EMPTY_PATH)
	if err != nil {
		unix.Close(n)
		return nil, err
	}
	return &found{newFD(n), m}, nil
}

// openat2 tries again when a rename somewhere on the disk disturbed the walk (EAGAIN).
func (d *beneath) openat2(name string, how *unix.OpenHow) (n int, err error) {
	err = d.fd.use(func(dn int) (err error) {
		for range 64 {
			n, err = retry(func() (int, error) { return unix.Openat2(dn, name, how) })
			if err != unix.EAGAIN {
				return err
			}
		}
		return errEscape // the walk by hand takes over
	})
	return n, err
}

func (d *beneath) lstat(base string) (meta, error) {
	var s unix.Stat_t
	err := d.fd.use(func(n int) error {
		_, err := retry(func() (int, error) { return 0, unix.Fstatat(n, base, &s, unix.AT_SYMLINK_NOFOLLOW) })
		return err
	})
	if err != nil {
		return meta{}, err
	}
	return meta{
		dev: s.Dev, ino: s.Ino, mode: fileMode(s.Mode), size: s.Size, blocks: s.Blocks, links: uint64(s.Nlink),
		uid: s.Uid, gid: s.Gid, mtime: s.Mtim.Nano(), ctime: s.Ctim.Nano(),
	}, nil
}

func (d *beneath) peek(name string) (meta, error) { return d.lstat(name) }

func (d *beneath) openBase(base string, flag int, perm uint32) (int, error) {
	var n int
	err := d.fd.use(func(dn int) (err error) {
		n, err = retry(func() (int, error) {
			return unix.Openat(dn, base, flag|unix.O_CLOEXEC|unix.O_NOFOLLOW|unix.O_NOCTTY, perm)
		})
		return err
	})
	return n, err
}

func (d *beneath) list() (*os.File, error) {
	n, err := d.openBase(".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err == unix.EACCES { // it may be read and not entered
		return d.fd.openFile("folder", unix.O_RDONLY|unix.O_DIRECTORY)
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(n), "folder"), nil
}

func (d *beneath) mkdir(base string, perm fs.FileMode) error {
	return d.fd.use(func(n int) error { return unix.Mkdirat(n, base, uint32(perm.Perm())) })
}

func (d *beneath) unlink(base string) error {
	return d.fd.use(func(n int) error { return unix.Unlinkat(n, base, 0) })
}

func (d *beneath) rmdir(base string) error {
	return d.fd.use(func(n int) error { return unix.Unlinkat(n, base, unix.AT_REMOVEDIR) })
}

func (d *beneath) rename(base string, to dir, toBase string, noReplace bool) error {
	var flags uint
	if noReplace {
		flags = unix.RENAME_NOREPLACE
	}
	return d.with(to, func(n, tn int) error {
		err := unix.Renameat2(n, base, tn, toBase, flags)
		if noReplace && (err == unix.EINVAL || err == unix.ENOSYS || err == unix.EOPNOTSUPP) {
			return errUnsupported
		}
		if err == unix.ENOSYS {
			return unix.Renameat(n, base, tn, toBase)
		}
		return err
	})
}

func (d *beneath) link(base string, to dir, toBase string) error {
	return d.with(to, func(n, tn int) error { return unix.Linkat(n, base, tn, toBase, 0) })
}

func (d *beneath) with(to dir, fn func(n, tn int) error) error {
	t, ok := to.(*beneath)
	if !ok {
		return fs.ErrInvalid
	}
	return d.fd.use(func(n int) error {
		if t == d {
			return fn(n, n)
		}
		return t.fd.use(func(tn int) error { return fn(n, tn) })
	})
}

func (d *beneath) create(base string) (*os.File, error) {
	n, err := d.openBase(base, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(n), base), nil
}

func (d *beneath) open(base string, flag int) (*os.File, error) {
	h, err := d.find(base, noLinks)
	if err != nil {
		return nil, err
	}
	defer h.close()
	if !h.meta().isFile() {
		return nil, unix.EISDIR
	}
	return h.(*found).fd.openFile(base, flag)
}

func (d *beneath) chtimes(base string, modTime time.Time) error {
	ts := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, unix.NsecToTimespec(modTime.UnixNano())}
	return d.fd.use(func(n int) error { return unix.UtimesNanoAt(n, base, ts, unix.AT_SYMLINK_NOFOLLOW) })
}

func (d *beneath) stat() (meta, error)  { return d.fd.statx() }
func (d *beneath) path() (string, bool) { return d.fd.path() }
func (d *beneath) close() error         { return d.fd.close() }

func (d *beneath) dup() (dir, error) {
	f, err := d.fd.dup()
	if err != nil {
		return nil, err
	}
	return &beneath{f}, nil
}

func (h *found) meta() meta           { return h.m }
func (h *found) pin() error           { return nil }
func (h *found) path() (string, bool) { return h.fd.path() }
func (h *found) close() error         { return h.fd.close() }

func (h *found) readlink() (string, error) {
	buf := make([]byte, unix.PathMax)
	var l int
	err := h.fd.use(func(n int) (err error) {
		l, err = unix.Readlinkat(n, "", buf)
		return err
	})
	if err != nil {
		return "", err
	}
	return string(buf[:l]), nil
}

func (h *found) open() (*os.File, error) {
	if !h.m.isFile() {
		return nil, unix.EISDIR
	}
	return h.fd.openFile("file "+strconv.FormatUint(h.m.ino, 10), unix.O_RDONLY)
}

func (h *found) dir() (dir, error) {
	if !h.m.isDir() {
		return nil, unix.ENOTDIR
	}
	f, err := h.fd.dup()
	if err != nil {
		return nil, err
	}
	return &beneath{f}, nil
}
