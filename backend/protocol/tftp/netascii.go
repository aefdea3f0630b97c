package tftp

import (
	"bufio"
	"io"
)

// toASCII writes text as netascii has it (RFC 764): a line ends with CR LF, and CR alone is CR NUL.
type toASCII struct {
	w   io.Writer
	buf []byte
}

func (a *toASCII) Write(p []byte) (int, error) {
	a.buf = a.buf[:0]
	for _, c := range p {
		switch c {
		case '\n':
			a.buf = append(a.buf, '\r', '\n')
		case '\r':
			a.buf = append(a.buf, '\r', 0)
		default:
			a.buf = append(a.buf, c)
		}
	}
	if _, err := a.w.Write(a.buf); err != nil {
		return 0, err
	}
	return len(p), nil
}

// fromASCII reads netascii as text whose lines end with LF. A CR before anything else is what it is.
type fromASCII struct{ r *bufio.Reader }

func (a fromASCII) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if n > 0 && a.r.Buffered() == 0 {
			return n, nil // what came is not held back
		}
		c, err := a.r.ReadByte()
		if err != nil {
			return n, err
		}
		if c == '\r' {
			if c, err = a.afterCR(); err != nil {
				return n, err
			}
		}
		p[n] = c
		n++
	}
	return n, nil
}

// afterCR returns what a CR and what follows stand for. The next block is waited for where the CR is
// the last of its own.
func (a fromASCII) afterCR() (byte, error) {
	next, err := a.r.ReadByte()
	switch {
	case err == io.EOF:
		return '\r', nil
	case err != nil:
		return 0, err
	case next == '\n':
		return '\n', nil
	case next == 0:
		return '\r', nil
	}
	return '\r', a.r.UnreadByte()
}
