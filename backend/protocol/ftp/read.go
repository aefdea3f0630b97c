package ftp

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// longest is the longest command, in bytes: a path and more.
const longest = 8 << 10

// errLong is a command that was longer; it was read to its end and dropped.
var errLong = errors.New("the command is too long")

// Telnet's bytes (RFC 854): FTP speaks it on the control connection, and clients send ABOR with them.
const (
	iac  = 255
	will = 251 // and won't, do, don't: an option follows
	low  = 240 // the lowest command
)

// reader reads commands from a control connection. What came of a line stays when reading is
// interrupted by a deadline, and the next call goes on with it. It is one goroutine's at a time.
type reader struct {
	in   *bufio.Reader
	line []byte
	over bool // the line is too long
	skip skip
}

// skip is what the next byte is, where it is not text.
type skip uint8

const (
	nothing skip = iota
	command      // behind IAC
	option       // behind WILL, WON'T, DO, DON'T
)

func newReader(r io.Reader) *reader { return &reader{in: bufio.NewReaderSize(r, 1024)} }

// waiting reports whether bytes came that nobody has asked for yet.
func (r *reader) waiting() bool { return r.in.Buffered() > 0 || len(r.line) > 0 }

// next returns the next command without its end. errLong may be followed by more.
func (r *reader) next() (string, error) {
	for {
		b, err := r.in.ReadByte()
		if err != nil {
			return "", err
		}
		if !r.text(b) {
			continue
		}
		if b != '\n' {
			r.add(b)
			continue
		}
		line, over := strings.TrimSuffix(string(r.line), "\r"), r.over
		r.line, r.over = r.line[:0], false
		if over {
			return "", errLong
		}
		return line, nil
	}
}

func (r *reader) add(b byte) {
	switch n := len(r.line); {
	case n >= longest:
		r.over = true
	case b == 0 && n > 0 && r.line[n-1] == '\r': // Telnet's way to say CR alone
	default:
		r.line = append(r.line, b)
	}
}

// text takes Telnet's commands out. IAC before a byte that is no command is one whose mark came
// beside the stream (urgent data): the byte counts.
func (r *reader) text(b byte) bool {
	switch was := r.skip; {
	case was == option:
		r.skip = nothing
		return false
	case was == command:
		r.skip = nothing
		if b >= will && b < iac {
			r.skip = option
		}
		return b == iac || b < low
	case b == iac:
		r.skip = command
		return false
	}
	return true
}
