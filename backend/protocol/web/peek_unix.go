//go:build unix

package web

import (
	"io"
	"net"

	"golang.org/x/sys/unix"
)

// peek looks at the first byte and leaves it in the socket.
func peek(c *net.TCPConn) (byte, net.Conn, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, nil, err
	}
	var buf [1]byte
	var n int
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		for {
			n, _, failed = unix.Recvfrom(int(fd), buf[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
			if failed != unix.EINTR {
				break
			}
		}
		return failed != unix.EAGAIN && failed != unix.EWOULDBLOCK
	})
	switch {
	case err != nil:
		return 0, nil, err
	case failed != nil:
		return 0, nil, failed
	case n == 0:
		return 0, nil, io.EOF
	}
	return buf[0], c, nil
}
