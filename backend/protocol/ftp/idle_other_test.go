//go:build !linux

package ftp

import (
	"errors"
	"os"
)

// idle is not known here.
func idle(int, *os.File) error { return errors.ErrUnsupported }
