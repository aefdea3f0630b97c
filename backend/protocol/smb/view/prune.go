//go:build linux

package view

import "github.com/hanwen/go-fuse/v2/fs"

// mostNodes is how many names of a user's tree the kernel is left to remember usually, each of which costs about
// a kilobyte here: by itself it forgets them when memory runs short, of which it sees its own only.
const mostNodes = 30_000

// prune lets the kernel forget what nobody has open, beside whatever goes on.
func (u *user) prune() {
	if !u.pruning.CompareAndSwap(false, true) {
		return
	}
	t := u.visit
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone || u.root == nil {
		u.pruning.Store(false)
		return
	}
	root := u.root
	t.work.Go(func() {
		defer u.pruning.Store(false)
		u.forget(root)
	})
}

// forget lets the kernel forget what it knows below a folder. What is in use there it keeps.
func (u *user) forget(folder *fs.Inode) {
	for name, child := range folder.Children() {
		if u.visit.left() {
			return
		}
		u.forget(child)
		// That it has forgotten the name by itself is fine.
		_ = folder.NotifyEntry(name)
	}
}
