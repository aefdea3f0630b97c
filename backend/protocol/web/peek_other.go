//go:build !unix

package web

import (
	"io"
	"net"
)

// peek takes the first byte and gives back a connection that returns it again. ReadFrom is that of
// the connection inside, so that files are still sent by the system.
func peek(c *net.TCPConn) (byte, net.Conn, error) {
	p := &peeked{TCPConn: c}
	if _, err := io.ReadFull(c, p.first[:]); err != nil {
		return 0, nil, err
	}
	p.held = true
	return p.first[0], p, nil
}

type peeked struct {
	*net.TCPConn
	first [1]byte
	held  bool
}

// Read gives the first byte back before anything else. One goroutine reads at a time.
func (p *peeked) Read(b []byte) (int, error) {
	if p.held && len(b) > 0 {
		p.held = false
		b[0] = p.first[0]
		return 1, nil
	}
	return p.TCPConn.Read(b)
}
