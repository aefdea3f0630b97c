//go:build linux

package view

import (
	"strings"
	"sync"
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
	users  int
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

// use returns the number of a path; release gives it back.
func (t *inos) use(path string) *ino {
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
	i.users++
	return i
}

func (t *inos) release(i *ino) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i.users--; i.users == 0 && t.paths[i.path] == i {
		delete(t.paths, i.path)
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
