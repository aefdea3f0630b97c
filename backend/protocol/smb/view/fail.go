//go:build linux

package view

import (
	"errors"
	"io/fs"
	"syscall"

	"portico/backend/vfs"
)

// errno is the one table from the core's errors to those of the kernel, as smbd turns them into its own.
func errno(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	for _, row := range []struct {
		err error
		no  syscall.Errno
	}{
		{fs.ErrNotExist, syscall.ENOENT},
		{fs.ErrExist, syscall.EEXIST},
		{fs.ErrPermission, syscall.EACCES},
		{vfs.ErrReadOnly, syscall.EROFS},
		{vfs.ErrQuota, syscall.EDQUOT},
		{vfs.ErrNoSpace, syscall.ENOSPC},
		{vfs.ErrTooLarge, syscall.ENOSPC}, // clients know of no other "too large"
		{vfs.ErrLocked, syscall.ETXTBSY},  // a sharing violation
		{vfs.ErrBusy, syscall.ETXTBSY},
		{vfs.ErrName, syscall.EINVAL},
		{vfs.ErrNotEmpty, syscall.ENOTEMPTY},
		{vfs.ErrBoundary, syscall.EXDEV},
		{vfs.ErrTooMany, syscall.EMFILE},
		{vfs.ErrInfected, syscall.EACCES},
		{vfs.ErrRange, syscall.EINVAL},
	} {
		if errors.Is(err, row.err) {
			return row.no
		}
	}
	return syscall.EIO
}
