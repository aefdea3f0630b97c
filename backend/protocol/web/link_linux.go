package web

import "golang.org/x/sys/unix"

// sendPiece 0: sends need no cutting into pieces, the kernel tells of progress.
const sendPiece = 0

// acked returns how many bytes the other side has acknowledged or sent on this connection.
// A send that blocks for minutes may still move: this sees it.
func (l *link) acked() int64 {
	if l == nil {
		return 0
	}
	var sum int64
	// A connection that is gone makes no progress.
	_ = l.raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			sum = int64(info.Bytes_acked + info.Bytes_received)
		}
	})
	return sum
}

// cork lets only full segments go until it is taken out again: what sendfile hands over in pages, the
// header before it and TLS records are joined, which costs a third less. The kernel itself sends what
// waits for longer than a fifth of a second. It reports whether this can be had.
func (l *link) cork(in bool) bool {
	if l == nil {
		return false
	}
	value := 0
	if in {
		value = 1
	}
	done := false
	// A connection that is gone sends nothing.
	_ = l.raw.Control(func(fd uintptr) {
		done = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_CORK, value) == nil
	})
	return done
}
