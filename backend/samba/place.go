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
// long as such a folder is in use it is locked.
const pointers = "smb-*.place"

// prefix begins the names of those folders.
const prefix = "portico-smb-"

// viewName is the folder in it at which the view is mounted.
const viewName = "view"

// nobody is who smbd is where this program is root: nobody else is it, and it owns nothing else.
const nobody = 65533

// place is the folder of one start, with the user who owns it. The paths in it are short: smbd makes
// sockets below it, whose names the system bounds at 108 bytes.
type place struct {
	dir      string
	uid, gid int
	lock     *os.File // the folder itself, locked
	pointer  string   // in the data folder; "" where there is none
}

// owner is who smbd is, and has the folder.
func owner() (uid, gid int) {
	if uid = os.Geteuid(); uid == 0 {
		return nobody, nobody
	}
	return uid, os.Getegid()
}

// makePlace makes the folder of one start.
func makePlace(data string) (p place, err error) {
	p.uid, p.gid = owner()
	base := os.Getenv("XDG_RUNTIME_DIR")
	if os.Geteuid() == 0 {
		base = "/run"
	}
	if info, err := os.Stat(base); base == "" || err != nil || !info.IsDir() {
		base = os.TempDir()
	}
	if p.dir, err = os.MkdirTemp(base, prefix); err != nil {
		return p, err
	}
	if p.lock, err = claim(p.dir); err != nil {
		return p, errors.Join(err, os.Remove(p.dir))
	}
	if p.pointer, err = point(data, p.dir); err != nil {
		return p, errors.Join(err, p.remove())
	}
	for _, name := range []string{"", "private", "state", "cache", "lock", "pid", "ncalrpc", "binddns", "log", viewName} {
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

func (p place) view() string { return filepath.Join(p.dir, viewName) }

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
	err := os.RemoveAll(p.dir)
	if p.pointer != "" {
		err = errors.Join(err, os.Remove(p.pointer))
	}
	return errors.Join(err, p.lock.Close())
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

// point notes where a folder lies.
func point(data, dir string) (name string, err error) {
	f, err := os.CreateTemp(data, pointers)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(dir)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// errInUse is told of a folder that belongs to a program that runs.
var errInUse = errors.New("it is in use")

// claim locks a folder of which nobody else makes use; the lock ends with the file, or this program.
func claim(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = errInUse
		}
		return nil, err
	}
	return f, nil
}

// loosen takes a mount away from its name, also one that nobody serves any more and that is in use. What
// cannot be loosened shows when the folder is removed.
func loosen(path string) {
	if unix.Unmount(path, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW) == nil {
		return
	}
	if fusermount := program("fusermount3"); fusermount != "" {
		// That nothing is mounted there is the usual case.
		_ = exec.Command(fusermount, "-u", "-z", "-q", path).Run()
	}
}
