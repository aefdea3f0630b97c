package tftp

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// tries is how often a packet is sent while no answer comes. Where the client chose a long wait, it is
// less: a client that is gone keeps nothing for longer than patience, or two of its waits.
const (
	tries    = 6
	patience = 15 * time.Second
)

var (
	errSilent = errors.New("the client does not answer any more")
	errEnded  = errors.New("the transfer was ended here")
)

// mostText is how much of such a packet is read: a log is no place for more.
const mostText = 256

// peerError is what the client said when it gave up.
type peerError struct {
	code code
	text string
}

func (e *peerError) Error() string { return "the client ended it: " + e.text }

// socket is our end of one transfer: a port of its own, and the one port that it speaks with (RFC 1350
// section 4: transfer identifiers). It is used by one goroutine; only end may be called by others.
type socket struct {
	conn   *net.UDPConn
	peer   netip.AddrPort
	first  time.Duration // how long the first answer is waited for
	fixed  bool          // … and every further one: the client chose it
	buf    []byte
	ended  atomic.Bool
	heard  atomic.Int64 // when the client said something last, ns since 1970
	proven atomic.Bool  // it said something at this port
	others int          // packets of strangers that were answered
}

// openSocket takes a free port at the address that the client knows us by.
func openSocket(at netip.Addr, peer netip.AddrPort, first time.Duration) (*socket, error) {
	network := "udp4"
	if peer.Addr().Is6() {
		network = "udp6"
	}
	conn, err := net.ListenUDP(network, net.UDPAddrFromAddrPort(netip.AddrPortFrom(at, 0)))
	if err != nil {
		return nil, err
	}
	s := &socket{conn: conn, peer: peer, first: first, buf: make([]byte, head+blockStandard+1)}
	s.hear()
	return s, nil
}

// agree takes what the client wants: how long to wait, and blocks of that size.
func (s *socket) agree(t terms) {
	if t.wait > 0 {
		s.first, s.fixed = t.wait, true
	}
	if n := head + t.block + 1; n > len(s.buf) {
		s.buf = make([]byte, n) // one more than may come, so that what is longer shows
	}
}

// wait is how long an answer is waited for after something was sent for the nth time.
func (s *socket) wait(n int) time.Duration {
	if s.fixed {
		return s.first
	}
	return s.first << min(n-1, 3)
}

// tries is how often a packet is sent while no answer comes.
func (s *socket) tries() int {
	if !s.fixed {
		return tries
	}
	return max(2, min(tries, int(patience/s.first)))
}

// linger is how long a last question may come: usual clients ask again after 5 seconds.
func (s *socket) linger() time.Duration {
	if s.fixed {
		return 2 * s.first
	}
	return 10 * s.first
}

func (s *socket) send(p []byte) error {
	_, err := s.conn.WriteToUDPAddrPort(p, s.peer)
	if errors.Is(err, net.ErrClosed) {
		return errEnded
	}
	return nil // what the network did not take is sent again, as what it lost
}

// receive returns the next packet of the client that makes sense: its kind, and what follows, which is
// valid until the next call. os.ErrDeadlineExceeded when none came in time, *peerError when the client
// gave up. Whoever else sends something is told that this port is not theirs.
func (s *socket) receive(until time.Time) (op uint16, rest []byte, err error) {
	if err := s.conn.SetReadDeadline(until); err != nil {
		return 0, nil, errEnded
	}
	for odd := 0; ; {
		if s.ended.Load() {
			return 0, nil, errEnded
		}
		n, from, err := s.conn.ReadFromUDPAddrPort(s.buf)
		switch {
		case err == nil:
		case errors.Is(err, net.ErrClosed), s.ended.Load():
			return 0, nil, errEnded
		case errors.Is(err, os.ErrDeadlineExceeded):
			return 0, nil, err
		default: // Windows tells of packets that found nobody
			if odd++; odd > 100 {
				return 0, nil, err
			}
			continue
		}
		if n < head {
			continue
		}
		op := binary.BigEndian.Uint16(s.buf)
		if unmapped(from) != s.peer {
			s.stranger(op, from)
			continue
		}
		s.hear()
		s.proven.Store(true)
		if op == opError {
			text, _, _ := cutString(append(s.buf[head:min(n, mostText):min(n, mostText)], 0))
			return op, nil, &peerError{code(binary.BigEndian.Uint16(s.buf[2:])), strings.ToValidUTF8(text, "?")}
		}
		return op, s.buf[2:n], nil
	}
}

// mostStrangers is how many packets of others a transfer answers: a service that answers whatever it is
// sent (RFC 864) would never end.
const mostStrangers = 16

// stranger answers who has nothing to say here, without disturbing who has. An error is never answered:
// that would be answered in turn.
func (s *socket) stranger(op uint16, from netip.AddrPort) {
	if op == opError || s.others == mostStrangers {
		return
	}
	s.others++
	// It may be lost, as everything here.
	_, _ = s.conn.WriteToUDPAddrPort(errorPacket(unknownPort, "This port belongs to another transfer."), from)
}

// end makes whoever waits for the client stop waiting, now and later.
func (s *socket) end() {
	s.ended.Store(true)
	// Where the socket is closed already, nobody waits.
	_ = s.conn.SetReadDeadline(time.Unix(1, 0))
}

func (s *socket) hear() { s.heard.Store(time.Now().UnixNano()) }

// silent is for how long the client has said nothing.
func (s *socket) silent() time.Duration { return time.Since(time.Unix(0, s.heard.Load())) }

func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
