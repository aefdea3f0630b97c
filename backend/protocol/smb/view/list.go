//go:build linux

package view

import (
	"context"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"portico/backend/vfs"
)

// listed is how long the kernel may take for true what a list told of its entries: as long as smbd needs to
// ask for each of them.
const listed = time.Second

// listing is an open folder. The kernel calls it from one goroutine at a time.
type listing struct {
	n    *node
	list []vfs.Entry
	next int
}

var (
	_ fs.FileReaddirenter = (*listing)(nil)
	_ fs.FileLookuper     = (*listing)(nil)
	_ fs.FileSeekdirer    = (*listing)(nil)
)

func (n *node) OpendirHandle(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	list, err := n.u.s.List(n.path())
	return &listing{n: n, list: list}, 0, errno(err)
}

func (l *listing) Readdirent(context.Context) (*fuse.DirEntry, syscall.Errno) {
	if l.next >= len(l.list) {
		return nil, 0
	}
	e := l.list[l.next]
	l.next++
	mode := uint32(syscall.S_IFREG)
	if e.IsFolder() {
		mode = syscall.S_IFDIR
	}
	return &fuse.DirEntry{Name: onWire(e.Name), Mode: mode, Ino: uint64(l.next) + firstIno, Off: uint64(l.next)}, 0
}

// Lookup tells of the entry that was read last.
func (l *listing) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if l.next == 0 || l.next > len(l.list) || onWire(l.list[l.next-1].Name) != name {
		return l.n.Lookup(ctx, name, out)
	}
	e := l.list[l.next-1]
	out.SetEntryTimeout(listed)
	out.SetAttrTimeout(listed)
	made := l.n.u.child(ctx, &l.n.Inode, l.n, e.Name, e, out)
	if child, ok := made.Operations().(*node); ok {
		child.mu.Lock()
		child.listed = time.Now()
		child.mu.Unlock()
	}
	return made, 0
}

func (l *listing) Seekdir(_ context.Context, off uint64) syscall.Errno {
	if off > uint64(len(l.list)) {
		return syscall.EINVAL
	}
	l.next = int(off)
	return 0
}
