package vfs

import (
	"errors"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/access"
	"portico/backend/vfs/driver"
)

// File reads one file as it was when it was opened: it keeps its content whatever happens to the name,
// and ends where the content ended then. Read, Seek and SendTo are one caller's at a time; ReadAt is
// safe from many.
type File struct {
	handle
	entry Entry
	file  driver.File
	off   int64

	once    sync.Once
	using   sync.RWMutex // held shared while the driver's file is read
	closing atomic.Bool
}

// Open opens a file for reading. The session's own unfinished write of that name is what it sees.
func (s *Session) Open(name string) (*File, error) {
	f, err := s.openFile(name)
	if err != nil {
		return nil, problem(VerbOpen, name, err)
	}
	return f, nil
}

func (s *Session) openFile(name string) (*File, error) {
	if u, at := s.ownPending(name); u != nil {
		return u.open(s, at)
	}
	p, err := s.resolve(name, driver.WantRead)
	defer p.close()
	if err != nil {
		if p.passage && errors.Is(err, ErrKind) {
			return nil, ErrKind
		}
		return nil, err
	}
	if p.virtual || p.info.Kind == KindFolder {
		return nil, ErrKind
	}
	f := &File{handle: handle{vol: p.vol, verb: VerbOpen, name: p.name, path: p.path, real: p.real, need: access.Read | access.Get}}
	if !p.rights.Any(f.need) {
		if !s.claimAt(&p).made() {
			return nil, s.unreadable(&p)
		}
		f.mine, f.need = true, access.Write
	}
	if p.info.Kind != KindFile {
		return nil, ErrKind
	}
	if err := s.look(VerbOpen, &p); err != nil {
		return nil, err
	}
	if f.file, err = p.obj.Open(); err != nil {
		return nil, translate(err)
	}
	f.entry = s.entryOf(&p)
	return f, f.begin(s, &p)
}

// unreadable is the refusal to read: where one may only add, nothing is found out name by name.
func (s *Session) unreadable(p *place) error {
	if p.rights.Any(access.Write) {
		return fs.ErrNotExist
	}
	return s.refusal(p)
}

func (f *File) begin(s *Session, p *place) error {
	f.total = f.entry.Size
	f.gen.Store(p.gen)
	f.handle.close = func(error) { f.Close() }
	if g := &s.tree.guards; len(g.pace) > 0 || len(g.release) > 0 {
		f.op = s.op(VerbOpen, p)
	}
	if err := s.open(&f.handle); err != nil {
		f.file.Close()
		return err
	}
	return nil
}

// Entry tells what was opened.
func (f *File) Entry() Entry { return f.entry }

// Close gives the file back; it never waits: what is still being sent ends by itself and then frees
// the file. Calling it again does nothing.
func (f *File) Close() error {
	f.stop(ErrClosed)
	f.closing.Store(true)
	f.release()
	return nil
}

// use holds the driver's file open; unuse must follow where it returns nil.
func (f *File) use() error {
	if err := f.check(); err != nil {
		return &Error{Verb: string(VerbOpen), Path: f.name, Err: err}
	}
	f.using.RLock()
	if f.closing.Load() {
		f.unuse()
		return &Error{Verb: string(VerbOpen), Path: f.name, Err: ErrClosed}
	}
	return nil
}

func (f *File) unuse() {
	f.using.RUnlock()
	if f.closing.Load() {
		f.release()
	}
}

// release frees the file when nobody uses it; whoever uses it last comes here again.
func (f *File) release() {
	if !f.using.TryLock() {
		return
	}
	defer f.using.Unlock()
	f.once.Do(func() {
		if err := f.file.Close(); err != nil {
			f.s.tree.log.Warn("a file could not be closed", "path", f.path, "err", err)
		}
		f.leave()
		f.s.tree.countRead(f)
		if f.op != nil {
			f.s.released(f.op, nil, f.moved.Load())
		}
	})
}

// Read reads on from where the last Read or Seek ended.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.off)
	f.off += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

// ReadAt reads at an offset; io.EOF at the end that the file had when it was opened.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, &Error{Verb: string(VerbOpen), Path: f.name, Err: ErrRange}
	}
	left := f.entry.Size - off
	if left <= 0 {
		return 0, io.EOF
	}
	short := int64(len(p)) > left
	if short {
		p = p[:left]
	}
	if err := f.use(); err != nil {
		return 0, err
	}
	defer f.unuse()
	if err := f.pace(int64(len(p))); err != nil {
		return 0, problem(VerbOpen, f.name, err)
	}
	n, err := f.file.ReadAt(p, off)
	f.moved.Add(int64(n))
	if err == nil && short {
		err = io.EOF
	}
	if err != nil && err != io.EOF {
		err = problem(VerbOpen, f.name, err)
	}
	return n, err
}

// Seek sets where Read goes on. Nothing is read.
func (f *File) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += f.off
	case io.SeekEnd:
		off += f.entry.Size
	}
	if off < 0 {
		return f.off, &Error{Verb: string(VerbOpen), Path: f.name, Err: ErrRange}
	}
	f.off = off
	return off, nil
}

// smallSend is below which one read and one write cost less than handing descriptors to the system.
const smallSend = 32 << 10

// SendTo writes n bytes beginning at off to w (n < 0: all that follow) and returns how many went. On
// a connection that can, the system copies them itself (sendfile); between slices of 4 MiB the
// grants, the stop button and the rate are looked at. A w with SetWriteDeadline is woken when the
// file is ended while the client is stalled. It returns io.ErrUnexpectedEOF when the file has
// become shorter than it was.
func (f *File) SendTo(w io.Writer, off, n int64) (int64, error) {
	if off < 0 || off > f.entry.Size {
		return 0, &Error{Verb: string(VerbOpen), Path: f.name, Err: ErrRange}
	}
	if left := f.entry.Size - off; n < 0 || n > left {
		n = left
	}
	if err := f.use(); err != nil {
		return 0, err
	}
	defer f.unuse()
	if n <= smallSend {
		return f.sendSmall(w, off, n)
	}
	if d, ok := w.(interface{ SetWriteDeadline(time.Time) error }); ok {
		f.s.hook()
		defer f.blocking(func() { _ = d.SetWriteDeadline(time.Unix(1, 0)) })()
	}
	if _, err := f.file.Seek(off, io.SeekStart); err != nil {
		return 0, problem(VerbOpen, f.name, err)
	}
	var sent int64
	for sent < n {
		part := min(n-sent, f.sliceSize())
		if err := f.slice(part); err != nil {
			return sent, problem(VerbOpen, f.name, err)
		}
		m, err := io.CopyN(w, f.file, part)
		sent += m
		f.moved.Add(m)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return sent, f.sendError(err)
		}
	}
	return sent, nil
}

// slice is what happens before every slice.
func (f *File) slice(n int64) error {
	if err := f.check(); err != nil {
		return err
	}
	return f.pace(n)
}

// sendError tells an end from outside from what the client's connection said.
func (f *File) sendError(err error) error {
	if why := f.check(); why != nil {
		return &Error{Verb: string(VerbOpen), Path: f.name, Err: why}
	}
	return err
}

func (f *File) sendSmall(w io.Writer, off, n int64) (int64, error) {
	if n == 0 {
		return 0, nil
	}
	if err := f.pace(n); err != nil {
		return 0, problem(VerbOpen, f.name, err)
	}
	buf := f.s.tree.small.Get().(*[smallSend]byte)
	defer f.s.tree.small.Put(buf)
	got, err := f.file.ReadAt(buf[:n], off)
	if int64(got) < n {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return 0, problem(VerbOpen, f.name, err)
	}
	m, err := w.Write(buf[:n])
	f.moved.Add(int64(m))
	return int64(m), err
}
