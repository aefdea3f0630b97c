//go:build linux

package view

import (
	"context"
	"errors"
	"io"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"portico/backend/vfs"
)

// handle is one open file.
type handle struct {
	n      *node
	writes bool // it may change the file

	mu    sync.Mutex
	draft *draft // what it changes, from the first change to the close
	pin   *pin   // what it reads, nil until it does
}

var (
	_ fs.FileReader   = (*handle)(nil)
	_ fs.FileWriter   = (*handle)(nil)
	_ fs.FileFlusher  = (*handle)(nil)
	_ fs.FileFsyncer  = (*handle)(nil)
	_ fs.FileReleaser = (*handle)(nil)
)

func (n *node) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	h := &handle{n: n, writes: flags&(syscall.O_WRONLY|syscall.O_RDWR) != 0}
	switch {
	case flags&syscall.O_TRUNC != 0:
		if err := h.begun().truncate(0); err != nil {
			return nil, 0, errno(errors.Join(err, h.finish()))
		}
	case !h.writes:
		if err := h.open(); err != nil {
			return nil, 0, errno(err)
		}
	}
	n.u.visit.open.Add(1)
	// Nothing stays with the kernel: what is written may come to nothing, what is read is read once, and large
	// pieces come quicker this way.
	return h, fuse.FOPEN_DIRECT_IO, 0
}

func (n *node) Create(ctx context.Context, name string, _ uint32, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	at := n.below(name)
	if n.u.draft(at) != nil {
		return nil, nil, 0, syscall.ETXTBSY
	}
	w, err := n.u.s.Create(at, vfs.CreateOptions{Size: -1})
	if err != nil {
		return nil, nil, 0, errno(err)
	}
	out.SetAttrTimeout(looked)
	made := n.u.child(ctx, &n.Inode, n, offWire(name), vfs.Entry{Kind: vfs.KindFile, ModTime: time.Now()}, out)
	h := &handle{n: made.Operations().(*node), writes: true}
	d := h.begun()
	d.mu.Lock()
	old := d.w
	if old == nil {
		d.w, d.fresh = w, true
	}
	d.mu.Unlock()
	if old != nil { // somebody began it at the same moment
		err = errors.Join(w.Abort(), h.finish())
		return nil, nil, 0, errno(errors.Join(vfs.ErrBusy, err))
	}
	n.u.visit.open.Add(1)
	return made, h, fuse.FOPEN_DIRECT_IO, 0
}

// begun is the pending write that the handle changes.
func (h *handle) begun() *draft {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draft == nil {
		h.draft = h.n.join()
	}
	return h.draft
}

// open opens what the client reads.
func (h *handle) open() (err error) {
	h.pin, err = h.n.take()
	return err
}

// reader returns what is read now: what was there when the client opened the file, or, where something was
// written since through this visit, that.
func (h *handle) reader() (*vfs.File, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pin != nil && !h.n.holds(h.pin) {
		h.n.give(h.pin)
		h.pin = nil
	}
	if h.pin == nil {
		if err := h.open(); err != nil {
			return nil, err
		}
	}
	return h.pin.file, nil
}

func (h *handle) Read(_ context.Context, p []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	h.n.mu.Lock()
	d := h.n.draft
	h.n.mu.Unlock()
	var from io.ReaderAt
	if d != nil {
		if w := d.now(); w != nil {
			from = w
		}
	}
	if from == nil {
		file, err := h.reader()
		if err != nil {
			return nil, errno(err)
		}
		from = file
	}
	n, err := from.ReadAt(p, off)
	if err != nil && err != io.EOF && n == 0 {
		return nil, errno(err)
	}
	return fuse.ReadResultData(p[:n]), 0
}

func (h *handle) Write(_ context.Context, p []byte, off int64) (uint32, syscall.Errno) {
	if !h.writes {
		return 0, syscall.EBADF
	}
	n, err := h.begun().writeAt(p, off)
	return uint32(n), errno(err)
}

func (h *handle) Fsync(context.Context, uint32) syscall.Errno {
	h.mu.Lock()
	d := h.draft
	h.mu.Unlock()
	if d != nil {
		if w := d.now(); w != nil {
			return errno(d.spoil(w.Sync()))
		}
	}
	return 0
}

// Flush is what a close waits for.
func (h *handle) Flush(context.Context) syscall.Errno { return errno(h.finish()) }

func (h *handle) finish() error {
	h.mu.Lock()
	d := h.draft
	h.draft = nil
	h.mu.Unlock()
	if d == nil {
		return nil
	}
	return d.leave()
}

// Release comes when nobody has the file any more; whoever closed it does not wait for it.
func (h *handle) Release(context.Context) syscall.Errno {
	h.mu.Lock()
	d, p := h.draft, h.pin
	h.draft, h.pin = nil, nil
	h.mu.Unlock()
	if d != nil { // changed and never closed: nobody has finished it
		_ = d.spoil(errSpoilt)
		_ = d.leave()
	}
	if p != nil {
		h.n.give(p)
	}
	h.n.u.visit.open.Add(-1)
	return 0
}
