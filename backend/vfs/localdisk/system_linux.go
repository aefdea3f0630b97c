package localdisk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// syncsDisks: one disk can be synced as a whole.
const syncsDisks = true

func opener(portable bool) func(string) (dir, error) {
	if portable || !haveOpenat2() {
		return openRooted
	}
	return openBeneath
}

// umask of the process, read without changing it.
func umask() fs.FileMode {
	b, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(b)) {
			if v, ok := strings.CutPrefix(line, "Umask:"); ok {
				if n, err := strconv.ParseUint(strings.TrimSpace(v), 8, 32); err == nil {
					return fs.FileMode(n) & 0o777
				}
			}
		}
	}
	return 0o022
}

// mountBegins reports whether a file system is mounted at path.
func mountBegins(path string) bool {
	var x unix.Statx_t
	if unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_BASIC_STATS, &x) != nil {
		return false
	}
	return x.Attributes_mask&unix.STATX_ATTR_MOUNT_ROOT != 0 && x.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}

// oddNames reports whether path lies on a file system that folds names (folds), or is of a kind that
// we do not know. Those that fold only in some folders (ext4, f2fs, tmpfs) are found out folder by folder.
func oddNames(path string) (odd, folds bool) {
	const msdos, exfat, ntfs3, hfsplus, cifs, smb2 = 0x4d44, 0x2011bab0, 0x7366746e, 0x482b, 0xff534d42, 0xfe534d42
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return true, false
	}
	switch uint32(s.Type) {
	case msdos, exfat, ntfs3, hfsplus, cifs, smb2:
		return true, true
	case unix.EXT4_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.F2FS_SUPER_MAGIC,
		unix.OVERLAYFS_SUPER_MAGIC, unix.NFS_SUPER_MAGIC, unix.SQUASHFS_MAGIC, unix.EROFS_SUPER_MAGIC_V1, unix.RAMFS_MAGIC:
		return false, false
	}
	return true, false
}

func usageOf(f *os.File) (free, total int64, err error) {
	var s unix.Statfs_t
	if err = unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return 0, 0, err
	}
	unit := int64(s.Frsize)
	if unit == 0 {
		unit = int64(s.Bsize)
	}
	return int64(s.Bavail) * unit, int64(s.Blocks) * unit, nil
}

func clone(to, from *os.File) error { return unix.IoctlFileClone(int(to.Fd()), int(from.Fd())) }

// reserve asks for the space in advance, without changing the size. Not where a file is memory: it is
// no better laid out for that, and what was only announced must not take it.
func reserve(f *os.File, size int64) error {
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &s); err == nil && s.Type == unix.TMPFS_MAGIC {
		return nil
	}
	_, err := retry(func() (int, error) {
		return 0, unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, size)
	})
	if err == unix.ENOSPC || err == unix.EDQUOT || err == unix.EFBIG {
		return err
	}
	return nil // a file system that cannot will say so when it is full
}

func setTimes(f *os.File, in dir, base string, modTime time.Time) error {
	ts := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, unix.NsecToTimespec(modTime.UnixNano())}
	if unix.UtimesNanoAt(int(f.Fd()), "", ts, unix.AT_EMPTY_PATH) == nil {
		return nil
	}
	return in.chtimes(base, modTime) // before Linux 5.8
}

// SyncAll makes everything that was published so far survive power loss, on every disk of the volume
// that this instance wrote to.
func (d *Disk) SyncAll(ctx context.Context) error {
	a, err := d.acquire()
	if err != nil {
		return fault("sync", ".", err)
	}
	defer d.release(a)
	d.mu.Lock()
	files := []dir{a.root}
	for s, p := range a.places {
		if s != a.m.storage() {
			files = append(files, p.home)
		}
	}
	d.mu.Unlock()
	for _, in := range files {
		l, lerr := in.list()
		if lerr != nil {
			err = errors.Join(err, lerr)
			continue
		}
		err = errors.Join(err, unix.Syncfs(int(l.Fd())), l.Close())
	}
	return fault("sync", ".", err)
}
