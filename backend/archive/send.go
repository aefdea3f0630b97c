package archive

import (
	"fmt"
	"hash/crc32"
	"io"
	"sort"

	"portico/backend/vfs"
)

const (
	bufferSize = 256 << 10
	// direct is from where on a file whose check sum is known is left to the system to send.
	direct = 64 << 10
)

// SendTo writes n bytes of a zip or tar from off. The bytes at an offset are the same in every call
// and for every plan of equal Version.
func (p *Plan) SendTo(w io.Writer, off, n int64) (int64, error) {
	if off < 0 || n < 0 || off > p.size-n {
		return 0, fmt.Errorf("%w: %d bytes from %d of %d", vfs.ErrRange, n, off, p.size)
	}
	s := &sender{plan: p, w: w, skip: off, left: n, buf: make([]byte, 0, bufferSize)}
	first := sort.Search(len(p.members), func(i int) bool { return p.end(i) > off })
	if first < len(p.members) {
		s.skip -= p.members[first].off
	} else if first > 0 {
		s.skip -= p.end(first - 1)
	}
	for i := first; i < len(p.members) && s.left > 0; i++ {
		if err := s.member(&p.members[i]); err != nil {
			return s.sent, err
		}
	}
	if s.left > 0 {
		if err := p.layout.tail(p, s.sum, s.bytes); err != nil {
			return s.sent, err
		}
	}
	return s.sent, s.flush()
}

// end is the offset after the i-th member.
func (p *Plan) end(i int) int64 {
	if i+1 < len(p.members) {
		return p.members[i+1].off
	}
	m := &p.members[i]
	return m.off + int64(len(p.layout.head(nil, m))) + m.size + int64(len(p.layout.foot(nil, m, 0)))
}

// sender writes the wanted part of what it is given in order.
type sender struct {
	plan *Plan
	w    io.Writer
	skip int64 // bytes to leave out before the first that is wanted
	left int64 // bytes still wanted
	sent int64
	buf  []byte // waits to be written
	part []byte // for heads and feet
}

func (s *sender) member(m *member) error {
	l := s.plan.layout
	s.part = l.head(s.part[:0], m)
	if err := s.bytes(s.part); err != nil {
		return err
	}
	var sum uint32
	var err error
	switch {
	case m.body != nil:
		err = s.bytes(m.body)
	case m.size > 0:
		sum, err = s.content(m)
	}
	if err != nil || s.left == 0 {
		return err
	}
	s.part = l.foot(s.part[:0], m, sum)
	return s.bytes(s.part)
}

// bytes takes the wanted part of b.
func (s *sender) bytes(b []byte) error {
	if s.skip >= int64(len(b)) {
		s.skip -= int64(len(b))
		return nil
	}
	b = b[s.skip:]
	s.skip = 0
	b = b[:min(int64(len(b)), s.left)]
	s.left -= int64(len(b))
	if len(s.buf)+len(b) > cap(s.buf) {
		if err := s.flush(); err != nil {
			return err
		}
	}
	if len(b) > cap(s.buf) {
		n, err := s.w.Write(b)
		s.sent += int64(n)
		return err
	}
	s.buf = append(s.buf, b...)
	return nil
}

func (s *sender) flush() error {
	if len(s.buf) == 0 {
		return nil
	}
	n, err := s.w.Write(s.buf)
	s.sent += int64(n)
	s.buf = s.buf[:0]
	return err
}

// content sends the wanted part of a file and returns its check sum where the layout wants one.
func (s *sender) content(m *member) (uint32, error) {
	if s.skip >= m.size {
		s.skip -= m.size
		if s.plan.layout.summed(m) && s.left > 0 {
			return s.sum(m)
		}
		return 0, nil
	}
	f, err := s.open(m)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	from := s.skip
	n := min(m.size-from, s.left)
	s.skip = 0
	sum, known := uint32(0), true
	if s.plan.layout.summed(m) && from+n == m.size {
		if sum, known = s.known(m); !known && from > 0 {
			// The part that was sent before, perhaps by another process: read, not sent.
			if sum, err = s.read(f, m, 0, from, 0, false); err != nil {
				return 0, err
			}
		}
	}
	if known && n >= direct {
		err = s.pass(f, from, n)
	} else {
		sum2, err2 := s.read(f, m, from, from+n, sum, true)
		if err = err2; !known {
			sum = sum2
		}
	}
	if err != nil {
		return 0, err
	}
	if err := s.unchanged(m); err != nil {
		return 0, err
	}
	if !known {
		s.plan.packer.sums.put(m.version, sum)
	}
	return sum, nil
}

// pass lets the system send; what waits goes first.
func (s *sender) pass(f *vfs.File, off, n int64) error {
	if err := s.flush(); err != nil {
		return err
	}
	sent, err := f.SendTo(s.w, off, n)
	s.sent += sent
	s.left -= sent
	if err == nil && sent != n {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// read goes over [from, to) of f, adding to sum; with send the bytes are also sent. They are read
// into the waiting buffer, so that many small files leave in one write.
func (s *sender) read(f *vfs.File, m *member, from, to int64, sum uint32, send bool) (uint32, error) {
	for from < to {
		if !send || cap(s.buf)-len(s.buf) < min(int(to-from), 16<<10) {
			if err := s.flush(); err != nil {
				return 0, err
			}
		}
		space := s.buf[len(s.buf):cap(s.buf)]
		space = space[:min(int64(len(space)), to-from)]
		n, err := f.ReadAt(space, from)
		if n < len(space) {
			if err == nil || err == io.EOF {
				err = changed(m)
			}
			return 0, err
		}
		sum = crc32.Update(sum, crc32.IEEETable, space)
		from += int64(n)
		if send {
			s.buf = s.buf[:len(s.buf)+n]
			s.left -= int64(n)
		}
	}
	return sum, nil
}

// open opens what was planned, or says that it is not there any more.
func (s *sender) open(m *member) (*vfs.File, error) {
	f, err := s.plan.session.Open(m.path)
	if err != nil {
		return nil, err
	}
	if e := f.Entry(); e.Version != m.version || e.Size != m.size {
		f.Close()
		return nil, changed(m)
	}
	return f, nil
}

// unchanged looks once more after the content was read: something may have written into the file.
func (s *sender) unchanged(m *member) error {
	e, err := s.plan.session.Stat(m.path)
	if err != nil {
		return err
	}
	if e.Version != m.version {
		return changed(m)
	}
	return nil
}

// sum finds the check sum of a whole member, reading it where nobody knows it.
func (s *sender) sum(m *member) (uint32, error) {
	if sum, ok := s.known(m); ok {
		return sum, nil
	}
	f, err := s.open(m)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sum, err := s.read(f, m, 0, m.size, 0, false)
	if err == nil {
		err = s.unchanged(m)
	}
	if err == nil {
		s.plan.packer.sums.put(m.version, sum)
	}
	return sum, err
}

// known asks memory, then the store.
func (s *sender) known(m *member) (uint32, bool) {
	if sum, ok := s.plan.packer.sums.get(m.version); ok {
		return sum, true
	}
	r, err := s.plan.session.Record(m.path)
	if err != nil || r.SHA256 == "" {
		return 0, false
	}
	return r.CRC32, true
}

func changed(m *member) error {
	return &vfs.Error{Verb: "pack", Path: m.path, Err: ErrChanged}
}
