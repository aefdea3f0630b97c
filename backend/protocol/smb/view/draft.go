//go:build linux

package view

import (
	"errors"
	"path"
	"sync"
	"syscall"
	"time"

	"portico/backend/vfs"
)

// errSpoilt is the answer to everything that follows a part that could not be written: what came is not
// the file.
var errSpoilt = errors.New("a part of it could not be written")

// draft is the pending write of one node. It begins with the first change, not when somebody opens the file
// to look whether it may be changed, and ends when the last handle that changed something is closed.
type draft struct {
	n       *node
	path    string
	handles int           // guarded by n.mu, as is closing
	closing bool          // nobody joins any more
	done    chan struct{} // closed when it has ended

	mu    sync.Mutex
	w     *vfs.Writer // nil: nothing was changed yet, or it has ended
	err   error       // what spoilt it
	fresh bool        // there was nothing of that name
	mtime time.Time   // as the client set it
}

// join returns the pending write of the node, made where there is none, with one handle more.
func (n *node) join() *draft {
	for {
		n.mu.Lock()
		d := n.draft
		if d == nil {
			d = &draft{n: n, path: n.path(), done: make(chan struct{})}
			n.draft = d
			n.u.mu.Lock()
			n.u.drafts[d.path] = d
			n.u.mu.Unlock()
		}
		if !d.closing {
			d.handles++
			n.mu.Unlock()
			return d
		}
		n.mu.Unlock()
		<-d.done
	}
}

// begin returns what takes the changes; the first of them decides what the write begins with.
func (d *draft) begin(base vfs.Base) (*vfs.Writer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil || d.w != nil {
		return d.w, d.err
	}
	w, err := d.n.u.s.Create(d.path, vfs.CreateOptions{Base: base, Size: -1})
	if err != nil {
		return nil, err
	}
	d.w = w
	return w, nil
}

// now returns the write if it has begun.
func (d *draft) now() *vfs.Writer {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.w
}

// entry is how the file looks to who writes it; false where nothing is written.
func (d *draft) entry(name string) (vfs.Entry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.w == nil {
		return vfs.Entry{}, false
	}
	at := d.mtime
	if at.IsZero() {
		at = time.Now()
	}
	return vfs.Entry{Name: name, Path: d.path, Kind: vfs.KindFile, Size: d.w.Size(), ModTime: at, Pending: true}, true
}

func (d *draft) writeAt(p []byte, off int64) (int, error) {
	w, err := d.begin(vfs.Existing)
	if err != nil {
		return 0, err
	}
	n, err := w.WriteAt(p, off)
	return n, d.spoil(err)
}

func (d *draft) truncate(size int64) error {
	base := vfs.Existing
	if size == 0 {
		base = vfs.Empty
	}
	w, err := d.begin(base)
	if err != nil {
		return err
	}
	return d.spoil(w.Truncate(size))
}

// spoil keeps what went wrong.
func (d *draft) spoil(err error) error {
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.err = errors.Join(d.err, err)
	}
	return err
}

// setTimes sets the time that the file will have; false where nothing is written.
func (d *draft) setTimes(at time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.w == nil {
		return false
	}
	d.mtime = at
	return d.w.SetTimes(at) == nil
}

// giveUp throws away what was written, because the name is to go. It reports whether it was all there was.
func (d *draft) giveUp() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.w == nil {
		return false
	}
	d.err = errors.Join(d.err, errSpoilt, d.w.Abort())
	return d.fresh
}

// leave takes a handle from it. With the last one it is published, if nothing was lost on the way and the
// client is there to have asked for it; else it was never there.
func (d *draft) leave() error {
	n := d.n
	n.mu.Lock()
	d.handles--
	if d.handles > 0 {
		n.mu.Unlock()
		return nil
	}
	d.closing = true
	n.mu.Unlock()
	err := d.end()
	n.mu.Lock()
	n.draft, n.pin = nil, nil
	n.mu.Unlock()
	n.u.mu.Lock()
	delete(n.u.drafts, d.path)
	n.u.mu.Unlock()
	close(d.done)
	return err
}

func (d *draft) end() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := d.w
	if d.w = nil; w == nil {
		return nil
	}
	if d.err != nil || !d.n.u.visit.o.Lives() {
		// What spoilt it was answered when it came.
		return errors.Join(syscall.EIO, w.Abort())
	}
	result, err := w.Commit()
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	folder, _ := path.Split(d.path)
	d.n.u.folds.came(path.Clean(folder), result.Name)
	return nil
}
