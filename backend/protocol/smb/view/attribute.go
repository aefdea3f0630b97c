//go:build linux

package view

import (
	"context"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"portico/backend/vfs"
)

// space begins the names of the extended attributes that there are; all others are the system's.
const space = "user."

// beside is what one file has beside its content, as the core told it a moment ago: smbd asks for one after the
// other. It is safe for concurrent use.
type beside struct {
	mu     sync.Mutex
	of     *node
	since  time.Time
	values map[string][]byte
}

// ask returns what a node has; it is not changed.
func (b *beside) ask(n *node) (map[string][]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of != n || time.Since(b.since) > looked {
		values, err := n.u.s.Attributes(n.path())
		if err != nil {
			return nil, err
		}
		b.of, b.since, b.values = n, time.Now(), values
	}
	return b.values, nil
}

// forget tells that something has changed.
func (b *beside) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.of, b.values = nil, nil
}

// attributes returns what the node has beside its content. It is not changed.
func (n *node) attributes() (map[string][]byte, syscall.Errno) {
	if w := n.whole(); w != nil {
		values, err := w.Attributes()
		return values, errno(err)
	}
	values, err := n.u.near.ask(n)
	return values, errno(err)
}

// attribute returns one of them.
func (n *node) attribute(name string) ([]byte, syscall.Errno) {
	key, ok := strings.CutPrefix(name, space)
	if !ok {
		return nil, syscall.ENODATA
	}
	all, no := n.attributes()
	if no != 0 {
		return nil, no
	}
	value, ok := all[known(all, key)]
	if !ok {
		return nil, syscall.ENODATA
	}
	return value, 0
}

// known is how a key is written that is there. Of streams, too, letter case tells none apart.
func known(all map[string][]byte, key string) string {
	if _, ok := all[key]; !ok {
		for other := range all {
			if fold(other) == fold(key) {
				return other
			}
		}
	}
	return key
}

// whole returns the pending write of the node if it is all that there is of it.
func (n *node) whole() *vfs.Writer {
	n.mu.Lock()
	d := n.draft
	n.mu.Unlock()
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.fresh {
		return nil
	}
	return d.w
}

func (n *node) Getxattr(_ context.Context, name string, dest []byte) (uint32, syscall.Errno) {
	value, no := n.attribute(name)
	if no != 0 {
		return 0, no
	}
	return fill(dest, value)
}

// fill answers with a value, or with how long it is.
func fill(dest, value []byte) (uint32, syscall.Errno) {
	if len(dest) < len(value) {
		return uint32(len(value)), syscall.ERANGE
	}
	return uint32(copy(dest, value)), 0
}

func (n *node) Listxattr(_ context.Context, dest []byte) (uint32, syscall.Errno) {
	all, no := n.attributes()
	if no != 0 {
		return 0, no
	}
	var names []string
	for key := range all {
		names = append(names, space+key+"\x00")
	}
	slices.Sort(names)
	return fill(dest, []byte(strings.Join(names, "")))
}

func (n *node) Setxattr(_ context.Context, name string, value []byte, flags uint32) syscall.Errno {
	if !strings.HasPrefix(name, space) {
		return syscall.ENOTSUP
	}
	if flags != 0 {
		switch _, no := n.attribute(name); {
		case no == 0 && flags&unix.XATTR_CREATE != 0:
			return syscall.EEXIST
		case no != 0 && (flags&unix.XATTR_REPLACE != 0 || no != syscall.ENODATA):
			return no
		}
	}
	return n.keep(name, append([]byte{}, value...))
}

func (n *node) Removexattr(_ context.Context, name string) syscall.Errno {
	if !strings.HasPrefix(name, space) {
		return syscall.ENOTSUP
	}
	if _, no := n.attribute(name); no != 0 {
		return no
	}
	return n.keep(name, nil)
}

// keep lets the core keep a value, or forget it where it is nil.
func (n *node) keep(name string, value []byte) syscall.Errno {
	all, no := n.attributes()
	if no != 0 {
		return no
	}
	key := known(all, strings.TrimPrefix(name, space))
	if w := n.whole(); w != nil {
		return errno(w.SetAttribute(key, value))
	}
	defer n.u.near.forget()
	return errno(n.u.s.SetAttribute(n.path(), key, value))
}
