package localdisk

import (
	"errors"
	"fmt"
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

	gone    []*place // removed from the disk meanwhile; guarded by Disk.mu
	refs    int      // guarded by Disk.mu
	retired bool     // closed when refs falls to 0
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

// reopen opens the root for use.
func (d *Disk) reopen() (err error) {
	d.cur, err = d.examine()
	return err
}

// look is Check: it neither counts as a use nor leaves anything open, so that asking often whether a
// medium is there does not keep it from being ejected.
func (d *Disk) look() error {
	now, err := statPath(d.opts.Root)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return fs.ErrClosed
	case d.cur != nil && err == nil && now.same(d.cur.m):
		return nil
	}
	d.retire()
	a, err := d.examine()
	if err == nil {
		a.close()
	}
	return err
}

// examine opens the root and insists that it is the one we know: by the volume id, else by device,
// inode and birth.
func (d *Disk) examine() (*anchor, error) {
	first := d.self == (meta{})
	root, err := d.opener(d.opts.Root)
	if err != nil {
		if first && d.id == "" || errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		return nil, absent(err)
	}
	m, err := root.stat()
	if err != nil {
		root.close()
		return nil, absent(err)
	}
	id, err := d.readID(root)
	if err != nil {
		root.close()
		return nil, err
	}
	unchanged := !first && m.same(d.self) && m.born == d.self.born
	known := first && d.id == "" || unchanged && d.id == ""
	if d.id != "" {
		// Somebody may have removed the hidden place, and with it the id; the folder is still ours.
		known = id == d.id || id == "" && unchanged && m.born != 0
	}
	if !known {
		root.close()
		return nil, driver.ErrAbsent
	}
	d.self = m
	if d.id == "" {
		d.id = id
	}
	a := &anchor{d: d, root: root, real: realRoot(root, d.opts.Root), m: m, places: map[storage]*place{}}
	a.odd, d.folds = oddNames(d.opts.Root)
	return a, nil
}

// absent says that the volume is away. The cause is told in words only: what asks whether a name is
// missing must not be told that it is.
func absent(cause error) error { return fmt.Errorf("%w: %v", driver.ErrAbsent, cause) }

// missed explains why something was not found: the root itself may have been deleted, and then nothing
// can be said about what is in it. Only a miss pays for the question.
func (d *Disk) missed(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	now, rootErr := statPath(d.opts.Root)
	d.mu.Lock()
	self := d.self
	d.mu.Unlock()
	if errors.Is(rootErr, fs.ErrNotExist) || rootErr == nil && !now.same(self) {
		return absent(err)
	}
	return err
}

func (a *anchor) close() {
	for _, p := range a.places {
		p.close()
	}
	for _, p := range a.gone {
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
