package control

import (
	"net"

	"golang.org/x/sys/unix"
)

// peer is the user id of the process at the other end.
func peer(c *net.UnixConn) (uid int, err error) {
	err = ask(c, func(fd int) error {
		cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err == nil {
			uid = int(cred.Uid)
		}
		return err
	})
	return uid, err
}
