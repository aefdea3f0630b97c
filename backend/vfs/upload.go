package vfs

import (
	"context"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// upload is one pending write. It outlives the Writer and the session that began it when it is kept:
// then it waits, its stage closed, until a Writer of the same identity takes it up or it expires.
type upload struct {
	tree    *Tree
	vol     *volume
	id      string
	path    string // tree path asked
	real    string // tree path of the name, its folder resolved
	rel     string // the same inside the volume
	by      store.Party
	waits   bool // may be kept for Resume: it counts for its party
	begun   time.Time
	o       CreateOptions
	old     driver.Info // what the name held at first, with Base Existing and Append
	based   bool        // … and whether it held anything
	foreign bool        // … that the writer may not read
	known   bool        // all of the above; else only what the store's row says

	sealed   atomic.Bool  // a commit is under way: nothing more comes
	catching atomic.Bool  // hashing catches up in the background
	saved    atomic.Int64 // when the journal was saved last, ns since 1970
	came     atomic.Int64 // bytes that were staged since it was opened
	savedAt  atomic.Int64 // … when the journal was saved last

	io    sync.Mutex   // every use of stage: a Stage is one caller's at a time
	stage driver.Stage // nil while kept
	gone  bool         // under io: discarded, or followed its folder as another upload

	staged  int64            // under io: the length of the stage
	ahead   map[int64][]byte // under io: what came before its turn (ahead.go)
	waiting int64            // under io: bytes of it

	mu      sync.Mutex
	origin  Origin  // of whoever wrote last; zero after a restart
	live    *Writer // who writes now; nil while kept, and at the end
	have    extents // of the stage
	size    int64   // of the stage
	digest  *digest
	dirty   int64 // bytes that were staged and not synced
	modTime time.Time
	hung    []store.Property // attributes that the file will have
	placed  bool             // has a row in the store and a journal
	kept    time.Time        // when it was kept last
}

// entry shows the pending write to its own identity.
func (u *upload) entry(s *Session, name string) Entry {
	_, base := split(name)
	return Entry{
		Name: base, Path: name, Kind: KindFile, Size: u.length(), ModTime: u.begun, Pending: true,
		Rights: s.tree.policy.Load().Rights(s.id, u.path),
	}
}

// offset is where the staged bytes begin in the file: behind the old content when appending.
func (u *upload) offset() int64 {
	if u.o.Base == Append && u.based {
		return u.old.Size
	}
	return 0
}

// length is that of the file as its writer sees it.
func (u *upload) length() int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.offset() + u.size
}

// writes reports whether w is who writes, and the stage is open. The caller holds io.
func (u *upload) writes(w *Writer) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.live == w && u.stage != nil
}

// takes reports whether w may change what is staged now. The caller holds io.
func (u *upload) takes(w *Writer) error {
	switch {
	case !u.writes(w):
		return ErrClosed
	case u.sealed.Load():
		return ErrBusy
	}
	return nil
}

// wrote notes bytes that were staged.
func (u *upload) wrote(off, n int64) {
	u.came.Add(n)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.have.add(off, off+n)
	u.size = max(u.size, off+n)
	u.dirty += n
	u.vol.sync.dirty.Add(n)
}

// clean notes that nothing of the stage waits for the disk any more, or that it is gone.
func (u *upload) clean() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.vol.sync.dirty.Add(-u.dirty)
	u.dirty = 0
}

func (u *upload) truncate(w *Writer, size int64) error {
	u.io.Lock()
	defer u.io.Unlock()
	if err := u.takes(w); err != nil {
		return err
	}
	if err := u.stage.Truncate(size); err != nil {
		return err
	}
	u.staged = size
	u.mu.Lock()
	defer u.mu.Unlock()
	if size > u.size {
		u.have.add(u.size, size) // zeros that were asked for
	}
	u.have.cut(size)
	u.size = size
	return nil
}

// readAt reads staged bytes; off counts from the beginning of the stage.
func (u *upload) readAt(p []byte, off int64) (int, error) {
	u.io.Lock()
	defer u.io.Unlock()
	if u.stage == nil {
		return 0, ErrClosed
	}
	return u.stage.ReadAt(p, off)
}

// stageReader reads a stage in step with its writer.
type stageReader struct{ u *upload }

func (r stageReader) ReadAt(p []byte, off int64) (int, error) { return r.u.readAt(p, off) }

// hasher returns the digest; a resumed write has a new one.
func (u *upload) hasher() *digest {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.digest
}

// behind is how far hashing may lag before the background catches up.
const behind = 8 << 20

// hash takes bytes that were staged into the digest; off counts in the file. When much lies behind a
// gap that has closed, it is read back in the background, so that the commit need not.
func (u *upload) hash(p []byte, off int64) {
	d := u.hasher()
	d.feed(p, off-u.offset())
	front, restarts := d.hashed()
	u.mu.Lock()
	end := u.have.end(front)
	u.mu.Unlock()
	if end-front < behind || restarts > mostRestarts || u.catching.Swap(true) {
		return
	}
	select {
	case u.tree.hashers <- struct{}{}:
	default:
		u.catching.Store(false)
		return
	}
	u.tree.background(func() {
		defer u.catching.Store(false)
		defer func() { <-u.tree.hashers }()
		_ = u.catchUp(u.tree.ctx, end) // the commit does it again, and tells
	})
}

// mostRestarts is how often hashing begins anew while a writer overwrites what was hashed; then it
// waits for the commit.
const mostRestarts = 2

// catchUp hashes what was staged up to end.
func (u *upload) catchUp(ctx context.Context, end int64) error {
	d := u.hasher()
	if front, _ := d.hashed(); front >= end {
		return nil
	}
	buf := u.tree.large.Get().(*[bufferSize]byte)
	defer u.tree.large.Put(buf)
	for {
		done, err := d.step(stageReader{u}, end, buf[:])
		if done || err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ErrClosed
		}
	}
}

// open gives the identity of a pending write its bytes so far.
func (u *upload) open(s *Session, name string) (*File, error) {
	e := u.entry(s, name)
	if u.foreign {
		return nil, fs.ErrPermission
	}
	content := pendingContent{u: u, off: u.offset()}
	if content.off > 0 {
		p, err := s.resolve(name, driver.WantRead)
		if err != nil {
			return nil, err
		}
		defer p.close()
		if !s.claimAt(&p).read() {
			return nil, s.unreadable(&p)
		}
		if content.old, err = p.obj.Open(); err != nil {
			return nil, translate(err)
		}
	}
	f := &File{
		handle: handle{vol: u.vol, verb: VerbOpen, name: name, path: u.path, real: u.real, need: access.Write, mine: true},
		entry:  e,
		file:   pendingFile{io.NewSectionReader(content, 0, e.Size), content},
	}
	p := &place{name: name, path: u.path, real: u.real, vol: u.vol, rel: u.rel} // generation 0: judged at the first read
	if err := s.look(VerbOpen, p); err != nil {
		f.file.Close()
		return nil, err
	}
	return f, f.begin(s, p)
}

// pendingContent is a stage, behind the old content where the write appends.
type pendingContent struct {
	u   *upload
	old driver.File // nil where off is 0
	off int64
}

func (c pendingContent) ReadAt(p []byte, off int64) (n int, err error) {
	if off < c.off {
		n, err = c.old.ReadAt(p[:min(int64(len(p)), c.off-off)], off)
		if n == len(p) || off+int64(n) < c.off {
			return n, err
		}
	}
	m, err := c.u.readAt(p[n:], off+int64(n)-c.off)
	return n + m, err
}

func (c pendingContent) Close() error {
	if c.old == nil {
		return nil
	}
	return c.old.Close()
}

// pendingFile reads an unfinished write as a driver's File.
type pendingFile struct {
	*io.SectionReader
	content pendingContent
}

func (f pendingFile) Close() error { return f.content.Close() }

// waitsSince is how long a kept upload has been waiting; 0 while somebody writes.
func (u *upload) waitsSince(now time.Time) time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.live != nil {
		return 0
	}
	return now.Sub(u.kept)
}
