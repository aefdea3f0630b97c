package localdisk

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"
)

// rooted is a dir on os.Root, for every system. own is a root at the folder itself, for what happens
// inside it; top is one at the volume (or link root), for what touches two folders.
type rooted struct {
	own  *os.Root
	top  *sharedRoot
	name string // of own below top, when it was opened
}

// sharedRoot is closed with its last user.
type sharedRoot struct {
	r    *os.Root
	mu   sync.Mutex
	refs int
}

func (s *sharedRoot) get() *sharedRoot {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refs++
	return s
}

func (s *sharedRoot) put() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refs--; s.refs == 0 {
		s.r.Close()
	}
}

// rootedFile is a handle: a name in a held folder, and what was seen there. It is opened only while it
// still is that object.
type rootedFile struct {
	in   *rooted
	base string
	m    meta
	file *os.File // pinned
}

var (
	_ dir    = (*rooted)(nil)
	_ handle = (*rootedFile)(nil)
)

func openRooted(name string) (dir, error) {
	top, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	own, err := top.OpenRoot(".")
	if err != nil {
		top.Close()
		return nil, err
	}
	return &rooted{own: own, top: &sharedRoot{r: top, refs: 1}, name: "."}, nil
}

// find walks segment by segment, so that no link is followed unseen.
func (d *rooted) find(name string, f follow) (handle, error) {
	if f != noLinks {
		return nil, errEscape // the walk by hand does it
	}
	in, err := d.clone()
	if err != nil {
		return nil, err
	}
	segs := strings.Split(name, "/")
	for _, s := range segs[:len(segs)-1] {
		next, err := in.step(s)
		in.close()
		if err != nil {
			return nil, err
		}
		in = next
	}
	base := segs[len(segs)-1]
	m, err := in.lstat(base)
	if err != nil {
		in.close()
		return nil, err
	}
	return &rootedFile{in: in, base: base, m: m}, nil
}

// step opens a folder below, insisting that it is no link.
func (d *rooted) step(base string) (*rooted, error) {
	m, err := d.lstat(base)
	if err != nil {
		return nil, err
	}
	switch {
	case m.isLink():
		return nil, errLink
	case !m.isDir():
		return nil, errNotDir
	}
	return d.down(base, m)
}

func (d *rooted) down(base string, m meta) (*rooted, error) {
	own, err := d.own.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	fi, err := own.Stat(".")
	if err == nil && !metaOf(fi).same(m) {
		err = errMoved
	}
	if err != nil {
		own.Close()
		return nil, err
	}
	return &rooted{own: own, top: d.top.get(), name: path.Join(d.name, base)}, nil
}

func (d *rooted) clone() (*rooted, error) {
	own, err := d.own.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	return &rooted{own: own, top: d.top.get(), name: d.name}, nil
}

func (d *rooted) dup() (dir, error) {
	c, err := d.clone()
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (d *rooted) lstat(base string) (meta, error) {
	fi, err := d.own.Lstat(base)
	if err != nil {
		return meta{}, err
	}
	return metaOf(fi), nil
}

func (d *rooted) peek(name string) (meta, error) { return d.lstat(name) }

func (d *rooted) stat() (meta, error) { return d.lstat(".") }

func (d *rooted) list() (*os.File, error) { return d.own.Open(".") }

func (d *rooted) mkdir(base string, perm fs.FileMode) error { return d.own.Mkdir(base, perm) }

func (d *rooted) unlink(base string) error {
	if m, err := d.lstat(base); err != nil {
		return err
	} else if m.isDir() {
		return errIsDir
	}
	return d.own.Remove(base)
}

func (d *rooted) rmdir(base string) error {
	if m, err := d.lstat(base); err != nil {
		return err
	} else if !m.isDir() {
		return errNotDir
	}
	return d.own.Remove(base)
}

// still insists that d lies where it was opened, seen from top, for calls that name it from there.
func (top *sharedRoot) still(d *rooted) error {
	a, err := d.own.Stat(".")
	if err != nil {
		return err
	}
	b, err := top.r.Lstat(d.name)
	if err != nil {
		return err
	}
	if !os.SameFile(a, b) {
		return errMoved
	}
	return nil
}

// pair names two objects from the top of d.
func (d *rooted) pair(base string, to dir, toBase string) (from, dest string, err error) {
	t, ok := to.(*rooted)
	if !ok {
		return "", "", fs.ErrInvalid
	}
	if err = d.top.still(d); err == nil {
		err = d.top.still(t)
	}
	return path.Join(d.name, base), path.Join(t.name, toBase), err
}

func (d *rooted) rename(base string, to dir, toBase string, noReplace bool) error {
	if noReplace {
		return errUnsupported
	}
	from, dest, err := d.pair(base, to, toBase)
	if err != nil {
		return err
	}
	return d.top.r.Rename(from, dest)
}

func (d *rooted) link(base string, to dir, toBase string) error {
	from, dest, err := d.pair(base, to, toBase)
	if err != nil {
		return err
	}
	return d.top.r.Link(from, dest)
}

func (d *rooted) create(base string) (*os.File, error) {
	return d.own.OpenFile(base, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

func (d *rooted) open(base string, flag int) (*os.File, error) {
	m, err := d.lstat(base)
	if err != nil {
		return nil, err
	}
	return d.openSeen(base, flag, m)
}

// openSeen opens base and insists that it is the plain file that was judged.
func (d *rooted) openSeen(base string, flag int, m meta) (*os.File, error) {
	if !m.isFile() {
		return nil, errIsDir
	}
	f, err := d.own.OpenFile(base, flag|noBlock, 0)
	if err != nil {
		return nil, err
	}
	fi, err := f.Stat()
	if err == nil && !metaOf(fi).same(m) {
		err = errMoved
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (d *rooted) chtimes(base string, modTime time.Time) error {
	if m, err := d.lstat(base); err != nil {
		return err
	} else if m.isLink() {
		return errUnsupported // os.Root would follow it
	}
	return d.own.Chtimes(base, time.Time{}, modTime)
}

func (d *rooted) path() (string, bool) { return "", false }

func (d *rooted) close() error {
	err := d.own.Close()
	d.top.put()
	return err
}

func (h *rootedFile) meta() meta                { return h.m }
func (h *rootedFile) readlink() (string, error) { return h.in.own.Readlink(h.base) }
func (h *rootedFile) path() (string, bool)      { return "", false }

func (h *rootedFile) dir() (dir, error) {
	if !h.m.isDir() {
		return nil, errNotDir
	}
	d, err := h.in.down(h.base, h.m)
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (h *rootedFile) pin() (err error) {
	if h.file != nil || !h.m.isFile() {
		return nil
	}
	h.file, err = h.in.openSeen(h.base, os.O_RDONLY, h.m)
	return err
}

func (h *rootedFile) open() (*os.File, error) {
	if err := h.pin(); err != nil {
		return nil, err
	}
	if h.file == nil {
		return nil, errIsDir
	}
	f := h.file
	h.file = nil
	return f, nil
}

func (h *rootedFile) close() error {
	if h.file != nil {
		h.file.Close()
	}
	return h.in.close()
}
