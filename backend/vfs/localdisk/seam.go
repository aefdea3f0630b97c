package localdisk

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// The seam between systems: everything reaches the disk through dir and handle. There are two of
// each: openat2 (fd_linux.go) and os.Root (rooted.go). Their errors are the system's own, besides:
var (
	errLink        = errors.New("a symbolic link is in the way")
	errEscape      = errors.New("leads out of the folder") // or cannot be followed in one step
	errUnsupported = errors.New("not possible on this file system")
	errMoved       = errors.New("moved or replaced meanwhile")
)

// follow says how find treats symbolic links.
type follow uint8

const (
	noLinks      follow = iota // errLink when one is on the way; the last segment is returned itself
	linksBeneath               // followed below the folder, else errEscape
)

// dir is an opened folder. Names are single segments and never followed, except in find.
// Safe for many goroutines; using a closed one fails.
type dir interface {
	find(name string, f follow) (handle, error) // many segments
	lstat(base string) (meta, error)
	peek(name string) (meta, error) // many segments, links followed: only good for comparing
	list() (*os.File, error)        // for ReadDir
	mkdir(base string, perm fs.FileMode) error
	unlink(base string) error // not a folder
	rmdir(base string) error
	// rename: noReplace is atomic or errUnsupported.
	rename(base string, to dir, toBase string, noReplace bool) error
	link(base string, to dir, toBase string) error
	create(base string) (*os.File, error)         // read and write, exclusive, mode 0600
	open(base string, flag int) (*os.File, error) // a plain file; never blocks
	chtimes(base string, modTime time.Time) error
	stat() (meta, error)
	path() (string, bool) // where it is now, absolute, if the system can tell
	dup() (dir, error)
	close() error
}

// handle is one found object: what was judged is what is opened.
type handle interface {
	meta() meta
	readlink() (string, error)
	pin() error              // from here on open cannot miss; errMoved when it would already
	open() (*os.File, error) // plain files only, once
	dir() (dir, error)
	path() (string, bool)
	close() error
}

// meta is what one look at an object tells.
type meta struct {
	dev, ino, mnt uint64 // mnt: id of the mount, 0 unknown
	mode          fs.FileMode
	size          int64
	blocks        int64 // of 512 bytes
	links         uint64
	uid, gid      uint32
	mtime, ctime  int64       // ns since 1970
	born          int64       // ns since 1970, 0 unknown
	info          fs.FileInfo // only from os.Root: identity where there is no inode number
}

// same reports whether both are one object.
func (m meta) same(o meta) bool {
	if m.ino == 0 && m.info != nil && o.info != nil {
		return os.SameFile(m.info, o.info)
	}
	return m.dev == o.dev && m.ino == o.ino
}

// sameStorage reports whether a name can be moved from one to the other in one step.
func (m meta) sameStorage(o meta) bool { return m.dev == o.dev && m.mnt == o.mnt }

func (m meta) isDir() bool  { return m.mode.IsDir() }
func (m meta) isLink() bool { return m.mode&fs.ModeSymlink != 0 }
func (m meta) isFile() bool { return m.mode.IsRegular() }
