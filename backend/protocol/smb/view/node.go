//go:build linux

package view

import (
	"context"
	"errors"
	"path"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"portico/backend/vfs"
)

// node is one name of a user's tree that the kernel knows.
type node struct {
	fs.Inode
	u   *user
	ino *ino

	parent *node // nil: the root; guarded by u.place, as is name
	name   string

	mu     sync.Mutex
	draft  *draft    // its pending write
	pin    *pin      // what is read of it now
	listed time.Time // when a list told of it
}

var (
	_ fs.NodeLookuper       = (*node)(nil)
	_ fs.NodeGetattrer      = (*node)(nil)
	_ fs.NodeSetattrer      = (*node)(nil)
	_ fs.NodeOpendirHandler = (*node)(nil)
	_ fs.NodeOpener         = (*node)(nil)
	_ fs.NodeCreater        = (*node)(nil)
	_ fs.NodeMkdirer        = (*node)(nil)
	_ fs.NodeUnlinker       = (*node)(nil)
	_ fs.NodeRmdirer        = (*node)(nil)
	_ fs.NodeRenamer        = (*node)(nil)
	_ fs.NodeStatfser       = (*node)(nil)
	_ fs.NodeOnForgetter    = (*node)(nil)
	_ fs.NodeGetxattrer     = (*node)(nil)
	_ fs.NodeSetxattrer     = (*node)(nil)
	_ fs.NodeListxattrer    = (*node)(nil)
	_ fs.NodeRemovexattrer  = (*node)(nil)
)

// path is where the node is in the session's tree.
func (n *node) path() string {
	n.u.place.RLock()
	defer n.u.place.RUnlock()
	return n.climb()
}

func (n *node) climb() string {
	if n.parent == nil {
		return "/"
	}
	return path.Join(n.parent.climb(), n.name)
}

// below is the path of a name in the node, which comes as SMB carries it.
func (n *node) below(name string) string { return path.Join(n.path(), offWire(name)) }

// global is a path of the session's tree as all visits know it.
func (u *user) global(p string) string { return path.Join("/", u.s.Identity().Root, p) }

// child is the kernel's node of an entry, an old one where it knows it already.
func (u *user) child(ctx context.Context, inode *fs.Inode, parent *node, name string, e vfs.Entry, out *fuse.EntryOut) *fs.Inode {
	where := "/"
	if parent != nil {
		where = path.Join(parent.path(), name)
	}
	u.attr(e, &out.Attr)
	n, known := u.visit.v.inos.node(ctx, u, inode, u.global(where), out.Mode)
	u.place.Lock()
	n.parent, n.name = parent, name
	u.place.Unlock()
	u.attr(n.shown(e), &out.Attr)
	out.Ino = n.ino.number
	if known > u.visit.v.o.Names {
		u.prune()
	}
	return &n.Inode
}

// OnForget tells that the kernel does not know the node any more.
func (n *node) OnForget() { n.u.visit.v.inos.forget(n) }

// attr is what an entry looks like. Who may do what is not in it: the core says so when it is asked.
func (u *user) attr(e vfs.Entry, out *fuse.Attr) {
	out.Mode, out.Nlink = syscall.S_IFREG|0o700, 1
	if e.IsFolder() {
		out.Mode, out.Nlink = syscall.S_IFDIR|0o700, 2
	} else {
		out.Size = uint64(max(0, e.Size))
	}
	out.Blocks, out.Blksize = (out.Size+511)/512, 128<<10
	out.Uid, out.Gid = u.uid, u.visit.v.o.GID
	at := e.ModTime
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	out.SetTimes(&at, &at, &at)
}

func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	name = offWire(name)
	e, err := n.look(name)
	if err != nil {
		return nil, errno(err)
	}
	if e.Name != name && !e.Pending && n.u.respells(caller(fuse.FromContext(ctx)), path.Join(n.path(), name), e) {
		return nil, syscall.ENOENT
	}
	if e.IsFolder() {
		out.SetAttrTimeout(looked)
	}
	return n.u.child(ctx, &n.Inode, n, e.Name, e, out), 0
}

// look finds what is at a name below the node: what is being written here, what is there, or what is there
// under a name that differs in letter case only.
func (n *node) look(name string) (vfs.Entry, error) {
	folder := n.path()
	at := path.Join(folder, name)
	if d := n.u.draft(at); d != nil {
		if e, ok := d.entry(name); ok {
			return e, nil
		}
	}
	e, err := n.u.s.Stat(at)
	switch errno(err) {
	case syscall.EACCES:
		return n.u.unseen(at, err)
	case syscall.ENOENT:
		if d := n.u.draftLike(at); d != nil {
			if e, ok := d.entry(path.Base(d.path)); ok {
				return e, nil
			}
		}
		if other := n.u.folds.find(n.u.s, folder, name); other != "" && other != name {
			e, err = n.u.s.Stat(path.Join(folder, other))
		}
	}
	if e.Spelt != "" {
		e.Name = e.Spelt
	}
	return e, err
}

// unseen is what may be opened by who knows its name and sees nothing of it: whether there is a file or a
// folder, opening it tells.
func (u *user) unseen(at string, refused error) (vfs.Entry, error) {
	f, err := u.s.Open(at)
	switch {
	case err == nil:
		defer f.Close()
		return f.Entry(), nil
	case errors.Is(err, vfs.ErrKind):
		return vfs.Entry{Name: path.Base(at), Path: at, Kind: vfs.KindFolder}, nil
	}
	return vfs.Entry{}, refused
}

func (n *node) Getattr(_ context.Context, f fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	e, err := n.entry()
	if err != nil {
		return errno(err)
	}
	n.u.attr(n.shown(e), &out.Attr)
	out.Ino = n.ino.number
	if e.IsFolder() || f != nil {
		out.SetTimeout(looked)
	}
	return 0
}

// entry is what is at the node.
func (n *node) entry() (vfs.Entry, error) {
	n.mu.Lock()
	d := n.draft
	n.mu.Unlock()
	if d != nil {
		if e, ok := d.entry(""); ok {
			return e, nil
		}
	}
	at := n.path()
	e, err := n.u.s.Stat(at)
	if errno(err) == syscall.EACCES {
		return n.u.unseen(at, err)
	}
	return e, err
}

func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	free, total := n.u.room(n.path())
	const block = 4096
	out.Bsize, out.Frsize, out.NameLen = block, block, 255
	out.Blocks, out.Bfree, out.Bavail = uint64(total)/block, uint64(free)/block, uint64(free)/block
	return 0
}

// room is how much there is and is free. What cannot be told must not show as no room at all, with which
// clients send nothing.
func (u *user) room(at string) (free, total int64) {
	free, total, err := u.s.Usage(at)
	if err != nil || total == 0 {
		return 1 << 50, 1 << 50
	}
	return free, total
}
