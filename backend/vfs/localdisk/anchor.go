package localdisk

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"portico/backend/vfs/driver"
)

// anchor is the opened root of the volume, with the hidden places that were opened below it. It is
// counted: calls and stages hold it, and when nobody did for a while it is closed, because an open
// descriptor keeps a disk from being ejected.
type anchor struct {
	d      *Disk
	root   dir
	real   string // absolute path, links resolved
	m      meta
	odd    bool               // the file system may have several spellings of a name
	places map[storage]*place // guarded by Disk.mu

	refs    int  // guarded by Disk.mu
	retired bool // closed when refs falls to 0
}

// storage names what names can be moved within.
type storage struct{ dev, mnt uint64 }

func (m meta) storage() storage { return storage{m.dev, m.mnt} }

// acquire returns the root, opened and known to be ours; driver.ErrAbsent when it is not there.
func (d *Disk) acquire() (*anchor, error) {
	now, err := statPath(d.opts.Root)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, fs.ErrClosed
	}
	if d.cur != nil && (err != nil || !now.same(d.cur.m)) {
		d.retire()
	}
	if d.cur == nil {
		if err = d.reopen(); err != nil {
			return nil, err
		}
	}
	d.cur.refs++
	return d.cur, nil
}

func (d *Disk) release(a *anchor) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a.refs--
	if a.refs > 0 {
		return
	}
	if a.retired {
		a.close()
		return
	}
	d.used = time.Now()
	if d.timer == nil && !d.closed {
		d.timer = time.AfterFunc(d.opts.IdleClose, d.idle)
	}
}

// idle runs some time after the last use, or comes again when there was a later one.
func (d *Disk) idle() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.timer = nil
	if d.closed || d.cur == nil || d.cur.refs > 0 {
		return
	}
	if left := d.opts.IdleClose - time.Since(d.used); left > 0 {
		d.timer = time.AfterFunc(left, d.idle)
		return
	}
	d.retire()
}

// retire forgets the present anchor; it is closed when its last user is done.
func (d *Disk) retire() {
	if d.cur == nil {
		return
	}
	d.cur.retired = true
	if d.cur.refs == 0 {
		d.cur.close()
	}
	d.cur = nil
}

// reopen opens the root and insists that it is the one we know, by its volume id where it has one,
// else by device, inode and birth.
func (d *Disk) reopen() error {
	first := d.self == (meta{})
	root, err := d.opener(d.opts.Root)
	if err != nil {
		if first && d.id == "" || errors.Is(err, fs.ErrPermission) {
			return err
		}
		return errors.Join(driver.ErrAbsent, err)
	}
	m, err := root.stat()
	if err != nil {
		root.close()
		return errors.Join(driver.ErrAbsent, err)
	}
	id, err := d.readID(root)
	if err != nil {
		root.close()
		return err
	}
	known := first && d.id == ""
	switch {
	case d.id != "":
		known = id == d.id
	case !first:
		known = m.same(d.self) && m.born == d.self.born
	}
	if !known {
		root.close()
		return driver.ErrAbsent
	}
	d.self, d.id = m, id
	d.cur = &anchor{d: d, root: root, real: realRoot(root, d.opts.Root), m: m, odd: oddNames(d.opts.Root), places: map[storage]*place{}}
	return nil
}

func (a *anchor) close() {
	for _, p := range a.places {
		p.close()
	}
	a.root.close()
}

// rel returns the name below the root of an absolute path.
func (a *anchor) rel(abs string) (string, bool) {
	return below(a.real, abs)
}

// below returns the part of abs after base, "." for base itself.
func below(base, abs string) (string, bool) {
	if abs == base {
		return ".", true
	}
	if base != "/" {
		base += "/"
	}
	rest, ok := strings.CutPrefix(abs, base)
	return rest, ok && rest != ""
}
