//go:build unix

package localdisk

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"

	"portico/backend/vfs/driver"
)

const errNotEmpty = unix.ENOTEMPTY // the standard library counts it as fs.ErrExist

func systemWord(err error) error {
	var no unix.Errno
	if !errors.As(err, &no) {
		return nil
	}
	switch no {
	case unix.ENOSPC, unix.EDQUOT:
		return driver.ErrNoSpace
	case unix.ENAMETOOLONG, unix.EILSEQ:
		return driver.ErrName
	case unix.EBUSY, unix.ETXTBSY:
		return driver.ErrBusy
	case unix.ENOTEMPTY:
		return driver.ErrNotEmpty
	case unix.EISDIR, unix.ENOTDIR:
		return driver.ErrKind
	case unix.EXDEV:
		return driver.ErrOtherStorage
	case unix.EROFS:
		return driver.ErrReadOnly
	case unix.ENODEV, unix.ENXIO, unix.ESTALE, unix.ENOTCONN:
		return driver.ErrAbsent
	case unix.ELOOP:
		return fs.ErrNotExist
	}
	return nil
}

const (
	errNotDir = unix.ENOTDIR
	errIsDir  = unix.EISDIR
	noBlock   = unix.O_NONBLOCK // a pipe that took the file's place must not hold us

	appendOnly = unix.O_APPEND
)
