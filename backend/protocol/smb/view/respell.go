//go:build linux

package view

import (
	"path"
	"strings"

	"github.com/hanwen/go-fuse/v2/fuse"

	"portico/backend/vfs"
)

// respells reports whether a thread asks for another spelling of a name because it is about to give it to
// that name. Names that differ in letter case only are one, and so smbd, which looks whether the new name is
// free, would find the old one in its way. What it does then it does at no other time: it asks how a path
// looks while it has two holds on what is there, by name only: by the old spelling as what it renames, and by
// the new one as what is in the way. Where that cannot be told, the new spelling is taken.
func (u *user) respells(thread uint32, asked string, e vfs.Entry) bool {
	// A folder has one name for the kernel, the one that was asked for last.
	holds, others := 0, e.IsFolder()
	for _, name := range u.visit.o.Holds(thread) {
		if at, ok := u.inTree(name); ok && fold(at) == fold(asked) {
			holds++
			others = others || at != asked
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if holds > 1 && others {
		u.vacant = asked
	}
	return holds > 0 && u.vacant == asked
}

// inTree is where in the user's tree an open file lies, by the name by which it was opened.
func (u *user) inTree(name string) (string, bool) {
	in, ok := strings.CutPrefix(name, path.Join(u.visit.v.at, u.visit.name)+"/")
	_, in, below := strings.Cut(in, "/")
	return "/" + offWire(in), ok && below
}

// caller is the thread for which the kernel asks, 0 unknown.
func caller(who *fuse.Caller, known bool) uint32 {
	if !known {
		return 0
	}
	return who.Pid
}

// onto is where something goes that is renamed to a name, and what is to happen to what is there. A name that
// differs in letter case only is that name, unless it is what is renamed.
func (n *node) onto(name, from string) (string, vfs.OnExist) {
	to := path.Join(n.path(), name)
	e, err := n.look(name)
	if err != nil || e.Name == name {
		return to, vfs.Replace
	}
	real := path.Join(n.path(), e.Name)
	if real == from {
		return to, vfs.Replace
	}
	n.u.mu.Lock()
	defer n.u.mu.Unlock()
	if n.u.vacant == to {
		return real, vfs.Refuse // it was called free for a renaming of itself, which this is not
	}
	return real, vfs.Replace
}
