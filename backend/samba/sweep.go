//go:build linux

package samba

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Kind is the name and the subtype of the view's mount, by which a later start knows it again.
const Kind = "portico"

// sweep removes what starts left behind that did not end in order: those of this data folder, and those
// whose data folder is another or has gone, as far as they left a mount that nobody serves. It goes as far
// as it can: that something cannot be removed keeps nobody from starting.
func sweep(data string) error {
	list, err := filepath.Glob(filepath.Join(data, pointers))
	for _, name := range list {
		err = errors.Join(err, sweepPointer(name))
	}
	dead, e := mounts()
	err = errors.Join(err, e)
	for _, view := range dead {
		err = errors.Join(err, sweepMount(view))
	}
	return err
}

func sweepPointer(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	dir := string(text)
	if !filepath.IsAbs(dir) || !strings.HasPrefix(filepath.Base(dir), prefix) {
		return os.Remove(name) // it was cut before it said anything
	}
	lock, err := claim(dir)
	switch {
	case errors.Is(err, errInUse):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return os.Remove(name)
	case err != nil:
		return err
	}
	return place{dir: dir, lock: lock, pointer: name}.sweep()
}

// sweepMount removes the folder of a view, if that is ours to remove and nobody serves it any more.
func sweepMount(view string) error {
	dir := filepath.Dir(view)
	lock, err := claim(dir)
	if err != nil {
		return nil // in use, or out of reach
	}
	var folder unix.Stat_t
	if err := unix.Fstat(int(lock.Fd()), &folder); err != nil {
		return errors.Join(err, lock.Close())
	}
	var at unix.Statx_t
	// Who serves it is asked: what the kernel remembers outlives them.
	err = unix.Statx(unix.AT_FDCWD, view, unix.AT_STATX_FORCE_SYNC, unix.STATX_TYPE, &at)
	if uid, _ := owner(); int(folder.Uid) != uid || !errors.Is(err, syscall.ENOTCONN) {
		return lock.Close()
	}
	return place{dir: dir, lock: lock}.sweep()
}

// sweep removes a folder that was left behind, its mount first.
func (p place) sweep() error {
	loosen(p.view())
	if err := p.remove(); err != nil {
		return errors.Join(err, p.lock.Close())
	}
	return nil
}

// mounts lists the views that are mounted, of all programs that this one can see.
func mounts() (views []string, err error) {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		// proc_pid_mountinfo(5): where it is mounted is the fifth; behind the dash come kind and name.
		before, after, _ := strings.Cut(lines.Text(), " - ")
		where, what := strings.Fields(before), strings.Fields(after)
		if len(where) < 5 || len(what) < 2 || what[0] != "fuse."+Kind || what[1] != Kind {
			continue
		}
		at := unescape(where[4])
		if dir, name := filepath.Split(at); name == viewName && strings.HasPrefix(filepath.Base(dir), prefix) {
			views = append(views, at)
		}
	}
	return views, lines.Err()
}

// unescape reads a path as the kernel writes it, with blanks and backslashes as octal numbers.
func unescape(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `\`)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n, err := strconv.ParseUint(after[:min(3, len(after))], 8, 8)
		if err != nil {
			return b.String() + `\` + after
		}
		b.WriteByte(byte(n))
		text = after[3:]
	}
}
