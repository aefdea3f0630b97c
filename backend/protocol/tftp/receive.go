package tftp

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"time"
)

// receiver is the receiving half of the protocol: what the client sends is read from it. The last block
// is not acknowledged before Done: that is the client's word that the file is kept.
//
// A block that came before is answered only where that is the one acknowledged last: then the
// acknowledgement was lost.
type receiver struct {
	s      *socket
	block  int
	window int
	hello  []byte // the answer to the request, as long as nothing came

	got  int64  // blocks that came, in order
	told int64  // the one acknowledged last
	gap  bool   // the client knows that one was lost
	last bool   // the short one came
	rest []byte // of the newest block, not yet read
}

func newReceiver(s *socket, t terms) *receiver {
	hello := ackPacket(0)
	if t.agreed != nil {
		hello = optionsPacket(t.agreed)
	}
	return &receiver{s: s, block: t.block, window: t.window, hello: hello}
}

// begin asks for the first block.
func (r *receiver) begin() error { return r.s.send(r.hello) }

// Read returns io.EOF behind the last block; errors are those of sender.Write.
func (r *receiver) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.last {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// SetReadDeadline in the past wakes a Read that waits for the client, for good; others do nothing.
func (r *receiver) SetReadDeadline(at time.Time) error {
	if !at.IsZero() && at.Before(time.Now()) {
		r.s.end()
	}
	return nil
}

// Done acknowledges the last block, and stays until the client must have heard it: as long as clients
// wait before they ask again, twice, or until the socket is ended.
func (r *receiver) Done() {
	if r.tell() != nil {
		return
	}
	for until := time.Now().Add(r.s.linger()); ; {
		op, rest, err := r.s.receive(until)
		if err != nil {
			return
		}
		if op == opData && binary.BigEndian.Uint16(rest) == uint16(r.told) && r.tell() != nil {
			return
		}
	}
}

// next waits for the block behind the last one.
func (r *receiver) next() error {
	for n := 1; ; n++ {
		until := time.Now().Add(r.s.wait(n))
		for {
			came, err := r.take(until)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil || came {
				return err
			}
		}
		if n == r.s.tries() {
			return errSilent
		}
		r.gap = false
		if err := r.tell(); err != nil {
			return err
		}
	}
}

// take takes one packet and reports whether it is the block that is waited for.
func (r *receiver) take(until time.Time) (bool, error) {
	op, rest, err := r.s.receive(until)
	if err != nil || op != opData || len(rest) > 2+r.block {
		return false, err
	}
	number := binary.BigEndian.Uint16(rest)
	switch ahead := int16(number - uint16(r.got)); {
	case ahead == 1:
		r.got++
		r.gap = false
		r.rest = rest[2:]
		r.last = len(r.rest) < r.block
		if r.last || r.got-r.told < int64(r.window) {
			return true, nil
		}
		return true, r.tell()
	case ahead > 1 && !r.gap:
		r.gap = true
		return false, r.tell()
	case ahead <= 0 && r.got > 0 && number == uint16(r.told):
		return false, r.tell()
	}
	return false, nil
}

// tell acknowledges everything that came.
func (r *receiver) tell() error {
	r.told = r.got
	if r.got == 0 {
		return r.s.send(r.hello)
	}
	return r.s.send(ackPacket(r.got))
}
