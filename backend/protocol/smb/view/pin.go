//go:build linux

package view

import (
	"time"

	"portico/backend/vfs"
)

// pin is the content that a client has open for reading. As long as it has, it sees that content, its length
// and its time, also by the name: the kernel keeps one length for all who have a file open, and a new
// content with the length of the old one would be a mix.
type pin struct {
	file  *vfs.File
	users int // guarded by the node's mu
}

// take opens what the client reads.
func (n *node) take() (*pin, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.pin == nil {
		file, err := n.u.s.Open(n.path())
		if err != nil {
			return nil, err
		}
		n.pin = &pin{file: file}
		if time.Since(n.listed) < listed {
			// What the list told may not be so any more. That the kernel has forgotten the file is fine.
			_ = n.NotifyContent(-1, 0)
			n.listed = time.Time{}
		}
	}
	n.pin.users++
	return n.pin, nil
}

// give gives a pin back.
func (n *node) give(p *pin) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p.users--; p.users > 0 {
		return
	}
	p.file.Close()
	if n.pin == p {
		n.pin = nil
	}
}

// holds reports whether a pin is still what is read.
func (n *node) holds(p *pin) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.pin == p
}

// shown is how an entry of the node looks while it is open.
func (n *node) shown(e vfs.Entry) vfs.Entry {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.pin != nil && n.draft == nil && e.Kind == vfs.KindFile && !e.Pending {
		pinned := n.pin.file.Entry()
		e.Size, e.ModTime = pinned.Size, pinned.ModTime
	}
	return e
}
