package vfs

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// bufferSize is how many bytes ReadFrom takes at once.
const bufferSize = 256 << 10

// Writer is one pending write: invisible to everybody but its own identity until Commit, gone with
// Abort, resumable by its id after Keep. Write, WriteAt and ReadAt are safe from many goroutines;
// Commit, Keep and Abort are called by one, when the writing is over. A Commit that fails leaves the
// Writer as it was.
type Writer struct {
	handle
	up       *upload
	off      int64 // where Write goes on
	readable bool  // the identity may read what was there before
	growing  sync.Mutex
	granted  int64                 // bytes that the guards have admitted
	broke    atomic.Pointer[error] // why it did not get on, the last time
	told     atomic.Bool           // that it was given up
}

// ID names the pending write for Resume.
func (w *Writer) ID() string { return w.up.id }

// Size returns the length that the file has for its writer.
func (w *Writer) Size() int64 { return w.up.length() }

// Write appends to where the last Write or Seek ended; at first that is the beginning, or the end of the
// old content where the write appends.
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.WriteAt(p, w.off)
	w.off += int64(n)
	return n, err
}

// WriteAt writes at any offset; a gap before it holds zeros. When appending, offsets inside the old
// content are ErrRange.
func (w *Writer) WriteAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		part := p[done:min(len(p), done+int(w.sliceSize()))]
		if err := w.put(part, off+int64(done)); err != nil {
			return done, w.failing(problem(VerbCreate, w.name, err))
		}
		w.up.hash(part, off+int64(done))
		done += len(part)
		if err := w.up.save(w.s.ctx); err != nil {
			return done, w.failing(problem(VerbCreate, w.name, err))
		}
	}
	return done, nil
}

// Seek sets where Write and ReadFrom go on. Nothing is written by it.
func (w *Writer) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += w.off
	case io.SeekEnd:
		off += w.Size()
	}
	if off < 0 {
		return w.off, &Error{Verb: string(VerbCreate), Path: w.name, Err: ErrRange}
	}
	w.off = off
	return off, nil
}

// put stages at most one slice.
func (w *Writer) put(p []byte, off int64) error {
	if err := w.check(); err != nil {
		return err
	}
	u := w.up
	off -= u.offset()
	if off < 0 {
		return ErrRange
	}
	if err := w.grow(off + int64(len(p))); err != nil {
		return err
	}
	if err := w.pace(int64(len(p))); err != nil {
		return err
	}
	u.io.Lock()
	defer u.io.Unlock()
	if err := u.takes(w); err != nil {
		return err
	}
	n, err := u.stageAt(p, off)
	u.wrote(off, int64(n))
	w.moved.Add(int64(n))
	return err
}

// grow asks whether the write may become that long: the announced size, a guard's limit, the room on
// the disk, and the guards themselves once per slice.
func (w *Writer) grow(total int64) error {
	u := w.up
	if u.o.Size >= 0 && total > u.o.Size {
		return ErrIncomplete
	}
	if w.op != nil && w.op.Limit >= 0 && total > w.op.Limit {
		return ErrTooLarge
	}
	w.growing.Lock()
	defer w.growing.Unlock()
	if total <= w.granted {
		return nil
	}
	upTo := (total + slice - 1) / slice * slice
	if err := w.s.tree.roomFor(w.s.ctx, u.vol); err != nil {
		return err
	}
	for _, g := range w.s.tree.guards.grow {
		upTo = total // guards are told what is, not what may come
		if err := g.Grow(w.s.ctx, w.op, u.offset()+total); err != nil {
			return err
		}
	}
	w.granted = upTo
	return nil
}

// ReadAt reads what was staged, and what was there before where the identity may read that.
func (w *Writer) ReadAt(p []byte, off int64) (int, error) {
	if err := w.check(); err != nil {
		return 0, problem(VerbCreate, w.name, err)
	}
	off -= w.up.offset()
	if off < 0 || !w.readable {
		return 0, &Error{Verb: string(VerbCreate), Path: w.name, Err: ErrRange}
	}
	n, err := w.up.readAt(p, off)
	if err != nil && err != io.EOF {
		err = problem(VerbCreate, w.name, err)
	}
	return n, err
}

// Truncate cuts the write to size, or lengthens it with zeros.
func (w *Writer) Truncate(size int64) error {
	if err := w.truncate(size); err != nil {
		return problem(VerbCreate, w.name, err)
	}
	return nil
}

func (w *Writer) truncate(size int64) error {
	if err := w.check(); err != nil {
		return err
	}
	u := w.up
	if size -= u.offset(); size < 0 {
		return ErrRange
	}
	if err := w.grow(size); err != nil {
		return err
	}
	if err := u.truncate(w, size); err != nil {
		return err
	}
	u.hasher().cut(size)
	return nil
}

// Sync lets what was written so far survive power loss: a write that is kept goes on from here.
func (w *Writer) Sync() error {
	if err := w.check(); err != nil {
		return problem(VerbCreate, w.name, err)
	}
	if err := w.up.checkpoint(w.s.ctx); err != nil {
		return problem(VerbCreate, w.name, err)
	}
	return nil
}

// SetTimes sets the modification time that the file will have.
func (w *Writer) SetTimes(mtime time.Time) error {
	w.up.mu.Lock()
	defer w.up.mu.Unlock()
	w.up.modTime = keepable(mtime)
	return nil
}

// Keep ends the Writer and leaves the pending write for Resume, also over a restart, for a week.
func (w *Writer) Keep() error {
	err := w.up.keep(w)
	w.stop(ErrClosed)
	w.leave()
	if err != nil {
		return problem(VerbCreate, w.name, err)
	}
	return nil
}

// Abort ends the Writer and removes everything that was staged. After Commit or Keep it does nothing.
func (w *Writer) Abort() error {
	w.lost()
	w.stop(ErrClosed)
	err := w.up.abort(w)
	w.leave()
	if err != nil && !errors.Is(err, ErrClosed) {
		return problem(VerbCreate, w.name, err)
	}
	return nil
}

// ended is what happens when the session, the stop button or a change of grants ends the Writer. It
// does not wait for a disk that hangs.
func (w *Writer) ended(error) {
	if w.up.io.TryLock() {
		w.up.io.Unlock()
		w.putAway()
		return
	}
	w.s.tree.background(w.putAway)
}

// putAway keeps the write where that was asked for, and aborts it otherwise.
func (w *Writer) putAway() {
	var err error
	if w.up.o.Resume {
		err = w.Keep()
	} else {
		err = w.Abort()
	}
	if err != nil {
		w.s.tree.log.Warn("a write could not be put away", "path", w.path, "err", err)
	}
}
