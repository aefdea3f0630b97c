package localdisk

import (
	"io/fs"
	"os"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// fd is a descriptor that cannot be used after it was closed, nor closed while it is used: a
// number that was given out again would reach somebody else's file.
type fd struct {
	mu sync.RWMutex
	n  int
}

func newFD(n int) *fd { return &fd{n: n} }

func (f *fd) use(fn func(n int) error) error {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.n < 0 {
		return fs.ErrClosed
	}
	return fn(f.n)
}

func (f *fd) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n < 0 {
		return fs.ErrClosed
	}
	err := unix.Close(f.n)
	f.n = -1
	return err
}

func (f *fd) dup() (*fd, error) {
	var n int
	err := f.use(func(o int) (err error) {
		n, err = retry(func() (int, error) { return unix.FcntlInt(uintptr(o), unix.F_DUPFD_CLOEXEC, 0) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return newFD(n), nil
}

// path asks the kernel where the descriptor is now.
func (f *fd) path() (string, bool) {
	var s string
	err := f.use(func(n int) (err error) {
		s, err = os.Readlink("/proc/self/fd/" + strconv.Itoa(n))
		return err
	})
	return s, err == nil && len(s) > 0 && s[0] == '/'
}

// openFile opens the plain file that the handle stands on: that very inode, whatever its name is now.
func (f *fd) openFile(name string, flag int) (*os.File, error) {
	var n int
	err := f.use(func(o int) (err error) {
		n, err = retry(func() (int, error) {
			return unix.Open("/proc/self/fd/"+strconv.Itoa(o), flag|unix.O_CLOEXEC, 0)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(n), name), nil
}

func (f *fd) statx() (meta, error) {
	var m meta
	err := f.use(func(n int) (err error) {
		m, err = statx(n, "", unix.AT_EMPTY_PATH)
		return err
	})
	return m, err
}

func statx(n int, name string, flags int) (meta, error) {
	var x unix.Statx_t
	const mask = unix.STATX_BASIC_STATS | unix.STATX_BTIME | unix.STATX_MNT_ID
	_, err := retry(func() (int, error) { return 0, unix.Statx(n, name, flags|unix.AT_SYMLINK_NOFOLLOW, mask, &x) })
	if err != nil {
		return meta{}, err
	}
	m := meta{
		dev: unix.Mkdev(x.Dev_major, x.Dev_minor), ino: x.Ino, mode: fileMode(uint32(x.Mode)),
		size: int64(x.Size), blocks: int64(x.Blocks), links: uint64(x.Nlink), uid: x.Uid, gid: x.Gid,
		mtime: x.Mtime.Sec*1e9 + int64(x.Mtime.Nsec), ctime: x.Ctime.Sec*1e9 + int64(x.Ctime.Nsec),
	}
	if x.Mask&unix.STATX_MNT_ID != 0 {
		m.mnt = x.Mnt_id
	}
	if x.Mask&unix.STATX_BTIME != 0 {
		m.born = x.Btime.Sec*1e9 + int64(x.Btime.Nsec)
	}
	return m, nil
}

// retry repeats a call that a signal interrupted.
func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != syscall.EINTR {
			return n, err
		}
	}
}

func fileMode(m uint32) fs.FileMode {
	mode := fs.FileMode(m & 0o777)
	switch m & unix.S_IFMT {
	case unix.S_IFDIR:
		mode |= fs.ModeDir
	case unix.S_IFLNK:
		mode |= fs.ModeSymlink
	case unix.S_IFIFO:
		mode |= fs.ModeNamedPipe
	case unix.S_IFSOCK:
		mode |= fs.ModeSocket
	case unix.S_IFBLK:
		mode |= fs.ModeDevice
	case unix.S_IFCHR:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	}
	if m&unix.S_ISUID != 0 {
		mode |= fs.ModeSetuid
	}
	if m&unix.S_ISGID != 0 {
		mode |= fs.ModeSetgid
	}
	if m&unix.S_ISVTX != 0 {
		mode |= fs.ModeSticky
	}
	return mode
}
