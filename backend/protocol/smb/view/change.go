//go:build linux

package view

import (
	"context"
	"errors"
	"path"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"portico/backend/vfs"
)

func (n *node) Mkdir(ctx context.Context, name string, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	e, err := n.u.s.Mkdir(n.below(name), false)
	if err != nil {
		return nil, errno(err)
	}
	n.u.folds.came(n.path(), e.Name)
	return n.u.child(ctx, &n.Inode, n, e.Name, e, out), 0
}

func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	real, err := n.real(name)
	if err != nil {
		return errno(err)
	}
	at := path.Join(n.path(), real)
	if d := n.u.draft(at); d != nil && d.giveUp() {
		n.forgotten(at)
		return 0
	}
	_, err = n.u.s.RemoveFile(at)
	if err == nil {
		n.forgotten(at)
	}
	return errno(err)
}

func (n *node) Rmdir(_ context.Context, name string) syscall.Errno {
	real, err := n.real(name)
	if err != nil {
		return errno(err)
	}
	at := path.Join(n.path(), real)
	if _, err = n.u.s.RemoveEmpty(at); err == nil {
		n.forgotten(at)
	}
	return errno(err)
}

// real is how a name is really written that is there.
func (n *node) real(name string) (string, error) {
	e, err := n.look(offWire(name))
	return e.Name, err
}

// forgotten tells that a name has gone.
func (n *node) forgotten(at string) {
	n.u.visit.v.inos.drop(n.u.global(at))
	folder, name := path.Split(at)
	n.u.folds.went(path.Clean(folder), name)
}

func (n *node) Rename(_ context.Context, name string, into fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	target, ok := into.(*node)
	if !ok || target.u != n.u || flags&^unix.RENAME_NOREPLACE != 0 {
		return syscall.EXDEV
	}
	real, err := n.real(name)
	if err != nil {
		return errno(err)
	}
	from := path.Join(n.path(), real)
	to, exist := target.onto(offWire(newName), from)
	if n.u.draft(from) != nil || n.u.draft(to) != nil {
		return syscall.ETXTBSY
	}
	if flags&unix.RENAME_NOREPLACE != 0 {
		exist = vfs.Refuse
	}
	e, err := n.u.s.Rename(from, to, exist)
	if err != nil {
		return errno(err)
	}
	inos := &n.u.visit.v.inos
	inos.drop(n.u.global(to))
	inos.move(n.u.global(from), n.u.global(to))
	n.u.folds.went(n.path(), real)
	n.u.folds.came(target.path(), e.Name)
	if moved := n.GetChild(name); moved != nil {
		if m, ok := moved.Operations().(*node); ok {
			n.u.place.Lock()
			m.parent, m.name = target, e.Name
			n.u.place.Unlock()
		}
	}
	return 0
}

func (n *node) Setattr(ctx context.Context, f fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		if err := n.truncate(f, int64(size)); err != nil {
			return errno(err)
		}
	}
	if at, ok := in.GetMTime(); ok {
		n.mu.Lock()
		d := n.draft
		n.mu.Unlock()
		if d == nil || !d.setTimes(at) {
			if err := n.u.s.SetTimes(n.path(), at); err != nil {
				return errno(err)
			}
		}
	}
	// Owners and modes are what they are: clients that set them are not told, as they are on other servers
	// that know none.
	return n.Getattr(ctx, f, out)
}

// truncate gives a file another length: in the write that the handle belongs to, or in one of its own.
func (n *node) truncate(f fs.FileHandle, size int64) error {
	if h, ok := f.(*handle); ok && h.writes {
		return h.begun().truncate(size)
	}
	h := &handle{n: n, writes: true}
	err := h.begun().truncate(size)
	return errors.Join(err, h.finish())
}
