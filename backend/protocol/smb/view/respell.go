//go:build linux

package view

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"portico/backend/vfs"
)

// respells reports whether a thread asks for another spelling of a name because it is about to give it to
// that name. Names that differ in letter case only are one, and so smbd, which looks whether the new name is
// free, would find the old one in its way. What it does then it does at no other time: it asks how a path
// looks while it has two holds on what is there, by name only: by the old spelling as what it renames, and by
// the new one as what is in the way. Where that cannot be told, the new spelling is taken.
func (u *user) respells(thread uint32, asked string, e vfs.Entry) bool {
	if thread == 0 || opens(thread) {
		return false
	}
	proc := fmt.Sprintf("/proc/%d/", thread)
	fds, err := os.ReadDir(proc + "fd")
	if err != nil {
		return false
	}
	// A folder has one name for the kernel, the one that was asked for last.
	holds, others := 0, e.IsFolder()
	for _, fd := range fds {
		at, ok := u.inTree(proc + "fd/" + fd.Name())
		if ok && fold(at) == fold(asked) && byName(proc+"fdinfo/"+fd.Name()) {
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

// opens reports whether a thread asks for what it opens or removes, or cannot be known not to.
func opens(thread uint32) bool {
	name := fmt.Sprintf("/proc/%d/syscall", thread)
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(50 * time.Microsecond) {
		text, err := os.ReadFile(name)
		if err != nil {
			return true
		}
		number, _, _ := bytes.Cut(text, []byte(" "))
		if call, err := strconv.Atoi(string(number)); err == nil {
			return call == unix.SYS_OPENAT || call == unix.SYS_OPENAT2 || call == unix.SYS_UNLINKAT
		}
		// It has asked, and does not wait yet.
	}
	return true
}

// inTree is where in the user's tree an open file lies, by the name by which it was opened.
func (u *user) inTree(fd string) (string, bool) {
	to, err := os.Readlink(fd)
	if err != nil {
		return "", false
	}
	// The kernel has let go of a name that was said to be free.
	to = strings.TrimSuffix(to, " (deleted)")
	in, ok := strings.CutPrefix(to, path.Join(u.visit.v.at, u.visit.name)+"/")
	_, in, below := strings.Cut(in, "/")
	return "/" + offWire(in), ok && below
}

// byName reports whether an open file was opened as a name only, and not for a way through a folder.
func byName(fdinfo string) bool {
	text, err := os.ReadFile(fdinfo)
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(text), "flags:")
	field, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	flags, err := strconv.ParseInt(field, 8, 64)
	return err == nil && flags&unix.O_PATH != 0 && flags&unix.O_DIRECTORY == 0
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
