package machine

import "golang.org/x/sys/unix"

// DiskOf looks at the disk that holds a folder.
func DiskOf(folder string) (Disk, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return Disk{}, err
	}
	return Disk{Free: int64(s.Bavail) * s.Bsize, Total: int64(s.Blocks) * s.Bsize, Type: kindOf(int64(s.Type)), ReadOnly: s.Flags&unix.ST_RDONLY != 0}, nil
}

// kindOf names a file system by its number (statfs(2)).
func kindOf(magic int64) string {
	return map[int64]string{
		unix.EXT4_SUPER_MAGIC: "ext4", unix.BTRFS_SUPER_MAGIC: "btrfs", unix.XFS_SUPER_MAGIC: "xfs", unix.TMPFS_MAGIC: "tmpfs",
		unix.OVERLAYFS_SUPER_MAGIC: "overlay", unix.MSDOS_SUPER_MAGIC: "vfat", unix.EXFAT_SUPER_MAGIC: "exfat", unix.NFS_SUPER_MAGIC: "nfs",
		unix.FUSE_SUPER_MAGIC: "fuse", unix.V9FS_MAGIC: "9p", unix.RAMFS_MAGIC: "ramfs", unix.F2FS_SUPER_MAGIC: "f2fs",
		0xff534d42: "cifs", 0xfe534d42: "smb2", 0x2fc12fc1: "zfs", 0x5346544e: "ntfs", 0x7366746e: "ntfs",
	}[magic&0xffffffff]
}

// Writable reports whether this user may write into a folder.
func Writable(folder string) bool { return unix.Access(folder, unix.W_OK|unix.X_OK) == nil }

// ClockKept reports whether something keeps the clock right; known is false where the system does
// not say.
func ClockKept() (kept, known bool) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return false, false
	}
	const unsynchronised = 0x40 // STA_UNSYNC
	return state != unix.TIME_ERROR && t.Status&unsynchronised == 0, true
}

// OpenFiles is how many files and connections this user's programs may each have open; 0 unknown.
func OpenFiles() uint64 {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &r) != nil {
		return 0
	}
	return r.Max
}

// Fuse says whether folders of other computers could be mounted here by this user (FUSE).
func Fuse() (text string, known bool) {
	if unix.Access("/dev/fuse", unix.R_OK|unix.W_OK) != nil {
		return "not available (/dev/fuse is missing or not for this user)", true
	}
	for _, name := range []string{"/usr/bin/fusermount3", "/bin/fusermount3", "/usr/bin/fusermount"} {
		if unix.Access(name, unix.X_OK) == nil {
			return "available", true
		}
	}
	return "in the kernel, but the package fuse3 is not installed", true
}
