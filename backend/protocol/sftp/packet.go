package sftp

import (
	"encoding/binary"
	"errors"
	"io"
)

// Bounds of one packet behind its length, as OpenSSH has them: 256 KiB in all, so that 255 KiB of a file
// fit into one (limits@openssh.com tells clients).
const (
	mostPacket = 256 << 10
	mostData   = mostPacket - 1<<10
)

// Types of packets (section 3 of the draft).
const (
	typeInit     = 1
	typeVersion  = 2
	typeOpen     = 3
	typeClose    = 4
	typeRead     = 5
	typeWrite    = 6
	typeLstat    = 7
	typeFstat    = 8
	typeSetstat  = 9
	typeFsetstat = 10
	typeOpendir  = 11
	typeReaddir  = 12
	typeRemove   = 13
	typeMkdir    = 14
	typeRmdir    = 15
	typeRealpath = 16
	typeStat     = 17
	typeRename   = 18
	typeReadlink = 19
	typeSymlink  = 20

	typeStatus = 101
	typeHandle = 102
	typeData   = 103
	typeName   = 104
	typeAttrs  = 105

	typeExtended      = 200
	typeExtendedReply = 201
)

// errPacket ends a conversation: whoever sends that speaks something else.
var errPacket = errors.New("a packet that cannot be")

// packet is what came, read from its front. Reading past its end gives zeros and makes it bad.
type packet struct {
	kind byte
	id   uint32
	rest []byte
	bad  bool
}

// parse reads type and id. An INIT has a version in place of the id.
func parse(b []byte) (packet, error) {
	if len(b) < 5 {
		return packet{}, errPacket
	}
	return packet{kind: b[0], id: binary.BigEndian.Uint32(b[1:]), rest: b[5:]}, nil
}

func (p *packet) take(n int) []byte {
	if n < 0 || n > len(p.rest) {
		p.bad, p.rest = true, nil
		return nil
	}
	out := p.rest[:n]
	p.rest = p.rest[n:]
	return out
}

func (p *packet) uint32() uint32 {
	if b := p.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (p *packet) uint64() uint64 {
	if b := p.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// bytes returns a string of the wire, which lies in the packet.
func (p *packet) bytes() []byte {
	n := p.uint32()
	if n > mostPacket {
		n = mostPacket + 1 // more than any packet holds, also as an int of 32 bits
	}
	return p.take(int(n))
}

func (p *packet) text() string { return string(p.bytes()) }

// offset reads a place in a file. What no file can have becomes -1, which the core refuses.
func (p *packet) offset() int64 { return max(int64(p.uint64()), -1) }

// read takes one packet from r into buf where it fits, else into what large gives for it.
func read(r io.Reader, buf []byte, large func() []byte) ([]byte, error) {
	if _, err := io.ReadFull(r, buf[:4]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(buf)
	switch {
	case n == 0, n > mostPacket:
		return nil, errPacket
	case int(n) > len(buf):
		buf = large()
	}
	buf = buf[:n]
	_, err := io.ReadFull(r, buf)
	return buf, err
}

// reply builds a packet; the first four bytes are for its length.
type reply struct{ b []byte }

func newReply(into []byte, kind byte, id uint32) reply {
	return reply{binary.BigEndian.AppendUint32(append(into[:0], 0, 0, 0, 0, kind), id)}
}

func (r *reply) uint32(v uint32) { r.b = binary.BigEndian.AppendUint32(r.b, v) }
func (r *reply) uint64(v uint64) { r.b = binary.BigEndian.AppendUint64(r.b, v) }

func (r *reply) text(s string) {
	r.uint32(uint32(len(s)))
	r.b = append(r.b, s...)
}

// done writes the length in front and returns the whole.
func (r *reply) done() []byte {
	binary.BigEndian.PutUint32(r.b, uint32(len(r.b)-4))
	return r.b
}
