package localdisk

import (
	"errors"

	"golang.org/x/sys/windows"

	"portico/backend/vfs/driver"
)

const errNotEmpty = windows.ERROR_DIR_NOT_EMPTY

func systemWord(err error) error {
	var no windows.Errno
	if !errors.As(err, &no) {
		return nil
	}
	switch no {
	case windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED:
		return driver.ErrNoSpace
	case windows.ERROR_INVALID_NAME, windows.ERROR_FILENAME_EXCED_RANGE, windows.ERROR_BAD_PATHNAME:
		return driver.ErrName
	case windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION, windows.ERROR_USER_MAPPED_FILE, windows.ERROR_DELETE_PENDING:
		return driver.ErrBusy
	case windows.ERROR_DIR_NOT_EMPTY:
		return driver.ErrNotEmpty
	case windows.ERROR_DIRECTORY:
		return driver.ErrKind
	case windows.ERROR_NOT_SAME_DEVICE:
		return driver.ErrOtherStorage
	case windows.ERROR_WRITE_PROTECT:
		return driver.ErrReadOnly
	case windows.ERROR_NOT_READY, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_NO_SUCH_DEVICE, windows.ERROR_DEVICE_NOT_CONNECTED, windows.ERROR_DEVICE_REMOVED:
		return driver.ErrAbsent
	}
	return nil
}

const (
	errNotDir = windows.ERROR_DIRECTORY
	errIsDir  = windows.ERROR_DIRECTORY_NOT_SUPPORTED
	noBlock   = 0

	appendOnly = 0 // a file opened so could not be cut back
)
