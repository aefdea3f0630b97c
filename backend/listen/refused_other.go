//go:build !windows

package listen

import "syscall"

const (
	errTaken     = syscall.EADDRINUSE
	errForbidden = syscall.EACCES
	errElsewhere = syscall.EADDRNOTAVAIL
)
