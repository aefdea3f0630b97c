package machine

import (
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Disk is what a folder lies on.
type Disk struct {
	Free, Total int64  // bytes for this user; 0, 0: unknown
	Type        string // "ext4", "vfat" …; "" unknown
	ReadOnly    bool
}

// Network reports whether the disk is in another computer.
func (d Disk) Network() bool {
	switch d.Type {
	case "nfs", "cifs", "smb2", "smbfs", "afpfs", "webdav", "sshfs", "9p", "fuse.sshfs":
		return true
	}
	return false
}

// Limits says in words what files on such a disk cannot be; "" when there is nothing to say.
func (d Disk) Limits() string {
	switch d.Type {
	case "vfat", "msdos":
		return "no file may be larger than 4 GB, and names may not hold any of \" * : < > ? \\ |"
	case "exfat", "ntfs":
		return "names may not hold any of \" * : < > ? \\ |"
	case "tmpfs", "ramfs":
		return "it is memory: all of it is gone when the computer restarts"
	case "overlay":
		return "it belongs to a container: all of it may be gone when that is made anew"
	}
	return ""
}

// FoldsCase reports whether the folder takes "a" and "A" for the same name; known is false where
// nothing lies there that could tell. Nothing is written to find out.
func FoldsCase(folder string) (folds, known bool) {
	dir, err := os.Open(folder)
	if err != nil {
		return false, false
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(64)
	for _, name := range names {
		other := strings.Map(func(r rune) rune {
			if unicode.IsUpper(r) {
				return unicode.ToLower(r)
			}
			return unicode.ToUpper(r)
		}, name)
		if other == name {
			continue
		}
		one, err := os.Lstat(filepath.Join(folder, name))
		if err != nil {
			continue
		}
		two, err := os.Lstat(filepath.Join(folder, other))
		return err == nil && os.SameFile(one, two), true
	}
	return false, false
}
