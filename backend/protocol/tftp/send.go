package tftp

import (
	"encoding/binary"
	"errors"
	"os"
	"time"
)

// sender is the sending half of the protocol: what is written to it goes to the client in blocks. It
// holds at most one window of packets. Close sends the last block, which tells the end by being short.
//
// Only time-outs send anything twice. An acknowledgement that says nothing new does so once at most,
// and only where blocks go in windows: there it is how the client tells that the first of them was
// lost (RFC 7440 section 4). So no duplicate breeds duplicates, which RFC 1123 4.2.3.1 calls the
// sorcerer's apprentice.
type sender struct {
	s      *socket
	block  int
	window int

	acked  int64    // the block up to which all was acknowledged; before the options were, -1
	sent   [][]byte // packets behind it, in their order
	spare  [][]byte // to be used again
	filled []byte   // the packet that is being filled; nil: none
	again  bool     // an old acknowledgement had the window sent again
}

func newSender(s *socket, t terms) *sender {
	return &sender{s: s, block: t.block, window: t.window}
}

// options sends what was agreed to and waits until the client knows it: as block 0 would be.
func (w *sender) options(list []option) error {
	if list == nil {
		return nil
	}
	w.acked = -1
	w.sent = append(w.sent, optionsPacket(list))
	if err := w.s.send(w.sent[0]); err != nil {
		return err
	}
	return w.drain()
}

// Write sends what fills blocks, and keeps the rest for the next. An error is errSilent, errEnded or a
// *peerError.
func (w *sender) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if w.filled == nil {
			w.filled = w.fresh()
		}
		part := p[n:min(len(p), n+head+w.block-len(w.filled))]
		w.filled = append(w.filled, part...)
		n += len(part)
		if len(w.filled) == head+w.block {
			if err := w.push(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// SetWriteDeadline in the past wakes a Write that waits for the client, for good; others do nothing.
func (w *sender) SetWriteDeadline(at time.Time) error {
	if !at.IsZero() && at.Before(time.Now()) {
		w.s.end()
	}
	return nil
}

// Close sends the last block, which may be empty, and waits until everything was acknowledged.
func (w *sender) Close() error {
	if w.filled == nil {
		w.filled = w.fresh()
	}
	if err := w.push(); err != nil {
		return err
	}
	return w.drain()
}

// fresh begins the packet of the block behind the last.
func (w *sender) fresh() []byte {
	var p []byte
	if n := len(w.spare); n > 0 {
		p, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		p = make([]byte, 0, head+w.block)
	}
	return dataPacket(p[:0], w.acked+int64(len(w.sent))+1)
}

// push sends the filled packet, and waits where the window is full by it.
func (w *sender) push() error {
	w.sent = append(w.sent, w.filled)
	if err := w.s.send(w.filled); err != nil {
		return err
	}
	w.filled = nil
	if len(w.sent) < w.window {
		return nil
	}
	return w.await()
}

func (w *sender) drain() error {
	for len(w.sent) > 0 {
		if err := w.await(); err != nil {
			return err
		}
	}
	return nil
}

// await waits until the client acknowledges something new. What it did not get of the window is sent
// again.
func (w *sender) await() error {
	for n := 1; ; n++ {
		until := time.Now().Add(w.s.wait(n))
		for {
			got, err := w.acknowledged(until)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil || got {
				return err
			}
		}
		if n == w.s.tries() {
			return errSilent
		}
		w.again = false
		if err := w.resend(); err != nil {
			return err
		}
	}
}

// acknowledged takes one packet and reports whether it says something new.
func (w *sender) acknowledged(until time.Time) (bool, error) {
	op, rest, err := w.s.receive(until)
	if err != nil || op != opAck {
		return false, err
	}
	// Numbers begin anew after 65535: the nearest is meant.
	n := int64(int16(binary.BigEndian.Uint16(rest) - uint16(w.acked)))
	switch {
	case n < 0 || n > int64(len(w.sent)):
		return false, nil
	case n == 0:
		if w.window == 1 || w.again || len(w.sent) < w.window {
			return false, nil
		}
		w.again = true
		return false, w.resend()
	}
	w.again = false
	for _, p := range w.sent[:n] {
		if cap(p) == head+w.block {
			w.spare = append(w.spare, p)
		}
	}
	w.sent = append(w.sent[:0], w.sent[n:]...)
	w.acked += n
	return true, w.resend()
}

func (w *sender) resend() error {
	for _, p := range w.sent {
		if err := w.s.send(p); err != nil {
			return err
		}
	}
	return nil
}
