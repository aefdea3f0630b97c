package ftp

import (
	"io"
	"net"
)

// lastWord is a connection below TLS. It tells whether that ended without being told so: TLS says when
// all was said, and then the connection below has not ended yet; crypto/tls takes either for an end. And
// it saves calls to the system, of which crypto/tls makes one for each 16 KiB.
//
// Like the connection above, it is read by one goroutine and written by one.
type lastWord struct {
	net.Conn
	missing bool

	in   []byte // the whole buffer
	left []byte // of it: what was read and not taken yet
	full bool   // the buffer was, the last time

	out  []byte
	held bool // what is written waits in out
}

// How much is read at once: where a client sends fast, more.
const (
	leastRead = 32 << 10
	mostRead  = 512 << 10
)

func newLastWord(c net.Conn) *lastWord { return &lastWord{Conn: c, full: true} }

func (l *lastWord) Read(p []byte) (int, error) {
	if len(l.left) == 0 {
		if l.full { // much is coming
			l.in = make([]byte, min(max(4*len(l.in), leastRead), mostRead))
		}
		n, err := l.Conn.Read(l.in)
		l.full = n == len(l.in) && n < mostRead
		l.missing = l.missing || err == io.EOF
		if l.left = l.in[:n]; n == 0 {
			return 0, err
		}
	}
	n := copy(p, l.left)
	l.left = l.left[n:]
	return n, nil
}

func (l *lastWord) Write(p []byte) (int, error) {
	if !l.held {
		return l.Conn.Write(p)
	}
	l.out = append(l.out, p...)
	return len(p), nil
}

// hold keeps what is written until release. It is for one batch at a time.
func (l *lastWord) hold() { l.held = true }

func (l *lastWord) release() error {
	_, err := l.Conn.Write(l.out)
	l.out, l.held = l.out[:0], false
	return err
}
