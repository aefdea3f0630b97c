//go:build linux

package view

import (
	"context"
	"strings"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
)

// inos gives each path of the tree one inode number for all visits, while any of them knows it: by that
// smbd tells that two clients have the same file open, and lets the one keep the other out. It is safe for
// concurrent use.
type inos struct {
	mu    sync.Mutex
	last  uint64
	paths map[string]*ino
}

// ino is the number of one path.
type ino struct {
	number uint64
	path   string
	users  int // in whose trees the kernel knows it
}

const firstIno = 16

// next gives a number that nothing else has.
func (t *inos) next() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.take()
}

func (t *inos) take() uint64 {
	t.last = max(t.last+1, firstIno)
	return t.last
}

// node returns what stands for a path in a user's tree, made where the kernel does not know it, and how many
// the kernel knows of that tree. mode says of which kind it is.
func (t *inos) node(ctx context.Context, u *user, above *fs.Inode, path string, mode uint32) (n *node, known int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.paths[path]
	if i == nil {
		if t.paths == nil {
			t.paths = make(map[string]*ino)
		}
		i = &ino{number: t.take(), path: path}
		t.paths[path] = i
	}
	attr := fs.StableAttr{Mode: mode & syscall.S_IFMT, Ino: i.number, Gen: u.gen}
	if n = u.known[attr]; n == nil {
		n = &node{u: u, ino: i}
		i.users++
		u.known[attr] = n
		above.NewInode(ctx, n, attr)
	}
	return n, len(u.known)
}

// forget tells that the kernel does not know a node any more.
func (t *inos) forget(n *node) {
	t.mu.Lock()
	defer t.mu.Unlock()
	attr := n.StableAttr()
	if n.u.known[attr] != n { // it was forgotten, and found again at the same moment
		return
	}
	delete(n.u.known, attr)
	if n.ino.users--; n.ino.users == 0 && t.paths[n.ino.path] == n.ino {
		delete(t.paths, n.ino.path)
	}
}

// drop tells that what was at a path has gone: what comes there is another file.
func (t *inos) drop(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.paths, path)
}

// move tells that something has gone to another path, with what lies below.
func (t *inos) move(from, to string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var moved []*ino
	for path, i := range t.paths {
		if path == from || strings.HasPrefix(path, from+"/") {
			moved = append(moved, i)
			delete(t.paths, path)
		}
	}
	for _, i := range moved {
		i.path = to + strings.TrimPrefix(i.path, from)
		t.paths[i.path] = i
	}
}
