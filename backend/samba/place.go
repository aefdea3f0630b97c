//go:build linux

package samba

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// pointers is the name of the files in the data folder that say where the folders of each start lie. As
// long as one is in use it is locked.
const pointers = "smb-*.place"

// prefix begins the names of those folders.
const prefix = "portico-smb-"

// nobody is who smbd is where this program is root: nobody else is it, and it owns nothing else.
const nobody = 65533

// place is the folder of one start, with the user who owns it. The paths in it are short: smbd makes
// sockets below it, whose names the system bounds at 108 bytes.
type place struct {
	dir      string
	uid, gid int
	pointer  *os.File
}

// makePlace sweeps what an earlier start left behind, and makes the folder of this one.
func makePlace(data string) (p place, err error) {
	if err := sweep(data); err != nil {
		return p, err
	}
	p = place{uid: os.Geteuid(), gid: os.Getegid()}
	base := os.Getenv("XDG_RUNTIME_DIR")
	if p.uid == 0 {
		p.uid, p.gid, base = nobody, nobody, "/run"
	}
	if info, err := os.Stat(base); base == "" || err != nil || !info.IsDir() {
		base = os.TempDir()
	}
	if p.dir, err = os.MkdirTemp(base, prefix); err != nil {
		return p, err
	}
	if p.pointer, err = point(data, p.dir); err != nil {
		return p, errors.Join(err, os.Remove(p.dir))
	}
	for _, name := range []string{"", "private", "state", "cache", "lock", "pid", "ncalrpc", "binddns", "log", "view"} {
		path := filepath.Join(p.dir, name)
		if name != "" {
			err = os.Mkdir(path, 0o700)
		}
		if err == nil {
			err = os.Chown(path, p.uid, p.gid)
		}
		if err != nil {
			return p, errors.Join(err, p.remove())
		}
	}
	return p, nil
}

func (p place) view() string { return filepath.Join(p.dir, "view") }

// write puts a file there, whole or not at all.
func (p place) write(name, text string) error {
	path := filepath.Join(p.dir, name)
	err := os.WriteFile(path+".new", []byte(text), 0o600)
	if err == nil {
		err = os.Chown(path+".new", p.uid, p.gid)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	return err
}

// remove takes the folder away. Where something is still mounted there it is left alone: what lies below
// is not ours to remove.
func (p place) remove() error {
	if err := os.Remove(p.view()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the view is still mounted: %w", err)
	}
	p.endHelper()
	return errors.Join(os.RemoveAll(p.dir), os.Remove(p.pointer.Name()), p.pointer.Close())
}

// endHelper ends the one program of Samba's that outlives its connections: it answers which shares there
// are, is started by the first who asks, and would go by itself some time after the last.
func (p place) endHelper() {
	text, err := os.ReadFile(filepath.Join(p.dir, "pid", "samba-dcerpcd.pid"))
	pid, e := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || e != nil || pid <= 1 {
		return
	}
	// The number may be somebody else's by now.
	if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && strings.Contains(string(line), p.dir+"/") {
		_ = unix.Kill(-pid, unix.SIGKILL)
	}
}

// point notes where a folder lies, and that it is in use.
func point(data, dir string) (*os.File, error) {
	f, err := os.CreateTemp(data, pointers)
	if err != nil {
		return nil, err
	}
	if _, err = f.WriteString(dir); err == nil {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()), f.Close())
	}
	return f, nil
}

// sweep removes what starts left behind that did not end in order, their mounts first.
func sweep(data string) error {
	list, err := filepath.Glob(filepath.Join(data, pointers))
	for _, name := range list {
		err = errors.Join(err, sweepOne(name))
	}
	return err
}

func sweepOne(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		return f.Close() // in use
	}
	text := make([]byte, 4096)
	n, err := f.Read(text)
	old := place{dir: string(text[:n]), pointer: f}
	if err != nil || !filepath.IsAbs(old.dir) || !strings.HasPrefix(filepath.Base(old.dir), prefix) {
		return errors.Join(os.Remove(name), f.Close()) // it was cut before it said anything
	}
	if _, err := os.Lstat(old.view()); !errors.Is(err, fs.ErrNotExist) {
		loosen(old.view())
	}
	if err := old.remove(); err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// loosen takes a mount away from its name, also one that nobody serves any more and that is in use. What
// cannot be loosened shows when the folder is removed.
func loosen(path string) {
	if unix.Unmount(path, unix.MNT_DETACH) == nil {
		return
	}
	if fusermount := program("fusermount3"); fusermount != "" {
		// That nothing is mounted there is the usual case.
		_ = exec.Command(fusermount, "-u", "-z", "-q", path).Run()
	}
}
