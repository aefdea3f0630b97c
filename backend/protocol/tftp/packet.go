package tftp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// Kinds of packets (RFC 1350 section 5, RFC 2347).
const (
	opRead    = 1
	opWrite   = 2
	opData    = 3
	opAck     = 4
	opError   = 5
	opOptions = 6
)

// head is how many octets stand before the data of a block.
const head = 4

// requestLimit is the longest request that is read: RFC 2347 speaks of 512 octets, which long paths in
// long alphabets exceed.
const requestLimit = 2048

// code says what went wrong (RFC 1350 appendix, RFC 2347).
type code uint16

const (
	undefined code = iota // the text says it
	notFound
	denied
	full
	illegal
	unknownPort // RFC 1350: unknown transfer ID
	exists
	_ // no such user: there are no users
	badOptions
)

// option is one that the client asks for, or that we agreed to. Names are lower case.
type option struct{ name, value string }

// request is the first packet of a transfer.
type request struct {
	write   bool
	name    string // as the client wrote it
	ascii   bool   // netascii; else octet
	options []option
}

// errPacket refuses a first packet that cannot be read.
var errPacket = errors.New("not a request")

// errMode refuses a mode that is not spoken.
var errMode = errors.New("only octet and netascii are spoken here")

// parseRequest reads a request. What stands behind the last whole option is ignored: some clients send
// packets of a fixed length.
func parseRequest(p []byte) (request, error) {
	if len(p) < 2 {
		return request{}, errPacket
	}
	op := binary.BigEndian.Uint16(p)
	if op != opRead && op != opWrite {
		return request{}, errPacket
	}
	r := request{write: op == opWrite}
	name, rest, ok := cutString(p[2:])
	mode, rest, whole := cutString(rest)
	if !ok || !whole || name == "" {
		return request{}, errPacket
	}
	r.name = name
	switch strings.ToLower(mode) {
	case "octet", "binary": // as some clients call it
	case "netascii":
		r.ascii = true
	default:
		return request{}, errMode
	}
	for {
		var o option
		var named, valued bool
		o.name, rest, named = cutString(rest)
		o.value, rest, valued = cutString(rest)
		if !named || !valued || o.name == "" {
			return r, nil
		}
		o.name = strings.ToLower(o.name)
		r.options = append(r.options, o)
	}
}

// cutString takes a text that ends with a zero.
func cutString(p []byte) (text string, rest []byte, ok bool) {
	i := bytes.IndexByte(p, 0)
	if i < 0 {
		return "", nil, false
	}
	return string(p[:i]), p[i+1:], true
}

// ackPacket acknowledges a block, and with it all before.
func ackPacket(block int64) []byte {
	return binary.BigEndian.AppendUint16([]byte{0, opAck}, uint16(block))
}

// dataPacket is the beginning of a block; its data is appended.
func dataPacket(into []byte, block int64) []byte {
	return binary.BigEndian.AppendUint16(append(into, 0, opData), uint16(block))
}

// optionsPacket agrees to options.
func optionsPacket(list []option) []byte {
	p := []byte{0, opOptions}
	for _, o := range list {
		p = append(append(append(append(p, o.name...), 0), o.value...), 0)
	}
	return p
}

// errorPacket refuses, in words.
func errorPacket(c code, text string) []byte {
	p := binary.BigEndian.AppendUint16([]byte{0, opError}, uint16(c))
	return append(append(p, strings.ReplaceAll(text, "\x00", "")...), 0)
}
