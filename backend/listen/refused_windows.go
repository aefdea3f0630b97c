package listen

import "syscall"

// What Winsock says; the syscall names of other systems do not match it.
const (
	errTaken     = syscall.Errno(10048) // WSAEADDRINUSE
	errForbidden = syscall.Errno(10013) // WSAEACCES
	errElsewhere = syscall.Errno(10049) // WSAEADDRNOTAVAIL
)
