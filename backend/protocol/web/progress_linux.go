package web

import (
	"net"

	"golang.org/x/sys/unix"
)

// sendPiece 0: sends need no cutting into pieces, the kernel tells of progress.
const sendPiece = 0

// acked returns how many bytes the other side has acknowledged or sent on this connection.
// A send that blocks for minutes may still move: this sees it.
func acked(c *net.TCPConn) int64 {
	if c == nil {
		return 0
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	var sum int64
	// A connection that is gone makes no progress.
	_ = raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			sum = int64(info.Bytes_acked + info.Bytes_received)
		}
	})
	return sum
}
