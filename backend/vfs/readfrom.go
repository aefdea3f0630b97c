package vfs

import (
	"io"
	"sync"
	"time"
)

// hashBeside is after how many bytes of one ReadFrom hashing moves to a goroutine of its own, so that
// small files pay for none; bulk is after how many it uses larger buffers of its own: with them the system
// is called, and a goroutine woken, a quarter as often. There are few hashers, so that memory is bounded.
const (
	hashBeside = 1 << 20
	bulk       = 16 << 20
	bulkSize   = 1 << 20
)

// linger is for how long bytes wait for more before they are written, once half a usual buffer is full.
const linger = 20 * time.Millisecond

// chunk is a buffer on its way from the client to the disk to the digest.
type chunk struct {
	buf []byte // bufferSize or bulkSize
	n   int
	off int64
}

// ReadFrom takes everything from r, appending to where the last Write ended. What came before an
// error is staged. An r with SetReadDeadline is woken when the write is ended while the client is
// stalled.
func (w *Writer) ReadFrom(r io.Reader) (total int64, err error) {
	if d, ok := r.(interface{ SetReadDeadline(time.Time) error }); ok {
		defer w.blocking(func() { _ = d.SetReadDeadline(time.Unix(1, 0)) })()
	}
	var beside *besideHasher
	defer func() { beside.wait() }()
	for {
		buf := w.buffer(beside, total)
		n, rerr := fill(r, buf)
		if n > 0 {
			c := chunk{buf, n, w.off}
			if err := w.put(buf[:n], c.off); err != nil {
				beside.recycle(w.s.tree, buf)
				return total, w.failing(problem(VerbCreate, w.name, err))
			}
			w.off += int64(n)
			total += int64(n)
			if beside == nil && total > hashBeside {
				beside = w.hashBeside()
			}
			beside.take(w.up, c)
			if err := w.up.save(w.s.ctx); err != nil {
				return total, w.failing(problem(VerbCreate, w.name, err))
			}
		} else {
			beside.recycle(w.s.tree, buf)
		}
		switch {
		case rerr == io.EOF:
			return total, nil
		case rerr != nil:
			if why := w.check(); why != nil {
				rerr = &Error{Verb: string(VerbCreate), Path: w.name, Err: why}
			}
			return total, rerr
		}
	}
}

// buffer returns the next buffer to fill.
func (w *Writer) buffer(beside *besideHasher, total int64) []byte {
	if beside == nil || total < bulk || w.paced() {
		return w.s.tree.large.Get().(*[bufferSize]byte)[:]
	}
	select {
	case buf := <-beside.free:
		return buf
	default:
		return make([]byte, bulkSize)
	}
}

// fill reads until the buffer is at least half full, so that a client who sends little at a time does
// not cost a write for each piece; of one who sends slowly less is held back.
func fill(r io.Reader, buf []byte) (n int, err error) {
	began := time.Now()
	for n < len(buf)/2 && err == nil && (n < bufferSize/2 || time.Since(began) < linger) {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}

// besideHasher hashes chunks while the next ones are read and written. nil hashes in line.
type besideHasher struct {
	u    *upload
	todo chan chunk
	free chan []byte // of bulkSize
	done sync.WaitGroup
}

// hashBeside starts a hasher if there is room for one more in the program.
func (w *Writer) hashBeside() *besideHasher {
	t := w.s.tree
	select {
	case t.hashers <- struct{}{}:
	default:
		return nil
	}
	b := &besideHasher{u: w.up, todo: make(chan chunk, 2)}
	b.free = make(chan []byte, cap(b.todo)+2) // one is filled, one is hashed
	b.done.Go(func() {
		defer func() { <-t.hashers }()
		for c := range b.todo {
			b.u.hash(c.buf[:c.n], c.off)
			b.recycle(t, c.buf)
		}
	})
	return b
}

// recycle gives a buffer back to where it came from.
func (b *besideHasher) recycle(t *Tree, buf []byte) {
	if len(buf) == bulkSize {
		b.free <- buf
		return
	}
	t.large.Put((*[bufferSize]byte)(buf))
}

func (b *besideHasher) take(u *upload, c chunk) {
	if b == nil {
		u.hash(c.buf[:c.n], c.off)
		b.recycle(u.tree, c.buf)
		return
	}
	b.todo <- c
}

func (b *besideHasher) wait() {
	if b != nil {
		close(b.todo)
		b.done.Wait()
	}
}
