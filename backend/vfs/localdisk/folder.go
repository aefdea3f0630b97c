package localdisk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"portico/backend/vfs/driver"
)

// folder is a handle on one folder.
type folder struct {
	d    *Disk
	dir  dir
	real string // canonical name below the root, as it was when opened
	m    meta   // likewise
	own  bool   // part of the hidden place: nothing in it is left out or refused
}

var _ driver.Folder = (*folder)(nil)

// where is the folder's present name below the root.
func (f *folder) where(a *anchor) string {
	if p, ok := f.dir.path(); ok {
		if rel, ok := a.rel(p); ok {
			return rel
		}
	}
	return f.real
}

func (f *folder) Lookup(ctx context.Context, base string, want driver.Want) (driver.Object, error) {
	if err := checkBase(base); err != nil {
		return nil, fault("look up", base, err)
	}
	a, err := f.d.acquire()
	if err != nil {
		return nil, fault("look up", base, err)
	}
	defer f.d.release(a)
	t, err := held(want, func() (target, error) { return f.lookup(a, base, want) })
	if err != nil {
		return nil, fault("look up", base, f.d.missed(err))
	}
	return &object{d: f.d, t: t}, nil
}

// lookup finds what is in this very folder; only a link is followed from the root.
func (f *folder) lookup(a *anchor, base string, want driver.Want) (target, error) {
	h, err := f.dir.find(base, noLinks)
	if err != nil {
		return target{}, err
	}
	m := h.meta()
	if m.isLink() && want != driver.WantNoFollow && !f.own {
		h.close()
		return a.lookup(join(f.where(a), base), want)
	}
	if !f.own && f.d.hidesIn(f.dir, base, m) {
		err = fs.ErrNotExist
	} else if want == driver.WantDir && !m.isDir() || want == driver.WantRead && !m.isFile() {
		err = driver.ErrKind
	}
	if err != nil {
		h.close()
		return target{}, err
	}
	at := join(f.where(a), base)
	return a.settled(target{h: h, own: f.own}, at, at)
}

func (f *folder) Mkdir(ctx context.Context, base string) error {
	return fault("make folder", base, f.newName(base, func() error { return f.dir.mkdir(base, 0o777) }))
}

// Narrow takes from others what they may not do with the folder that this one is a copy of.
func (f *folder) Narrow(like driver.Folder) error {
	of, ok := like.(*folder)
	if !ok {
		return nil
	}
	m, err := of.dir.stat()
	if err != nil {
		return fault("narrow", f.real, err)
	}
	own, err := f.dir.list()
	if err != nil {
		return fault("narrow", f.real, err)
	}
	defer own.Close()
	return fault("narrow", f.real, narrow(own, m.mode.Perm()|0o700))
}

// newName runs fn when base may be made here.
func (f *folder) newName(base string, fn func() error) error {
	check := checkNew
	if f.d.opts.ReadOnly {
		return errServedReadOnly
	}
	if f.own {
		check = checkBase
	}
	if err := check(base); err != nil {
		return err
	}
	err := f.d.missed(fn())
	if isInvalid(err) && !errors.Is(err, driver.ErrKind) { // FAT and its kin on "a:b"
		return fmt.Errorf("%w: %w", driver.ErrName, err)
	}
	return err
}

// oldName runs fn when base may be changed here: it exists for everybody else.
func (f *folder) oldName(base string, fn func() error) error {
	if f.d.opts.ReadOnly {
		return errServedReadOnly
	}
	if err := checkBase(base); err != nil {
		return err
	}
	if !f.own && (suspicious(base) || len(f.d.secret) > 0) {
		m, err := f.dir.lstat(base)
		if err != nil {
			return f.d.missed(err)
		}
		if f.d.hidesIn(f.dir, base, m) {
			return fs.ErrNotExist
		}
	}
	return f.d.missed(fn())
}

// Remove takes one name away.
func (f *folder) Remove(ctx context.Context, base string) error {
	return fault("remove", base, f.oldName(base, func() error { return f.remove(base) }))
}

func (f *folder) remove(base string) error {
	m, err := f.dir.lstat(base)
	if err != nil {
		return err
	}
	if !m.isDir() {
		return f.dir.unlink(base)
	}
	err = f.dir.rmdir(base)
	if errors.Is(err, fs.ErrExist) && f.d.clearBeside(f.dir, base) {
		err = f.dir.rmdir(base)
	}
	if errors.Is(err, fs.ErrExist) { // not empty: POSIX leaves either code to the file system
		return fmt.Errorf("%w: %w", driver.ErrNotEmpty, err)
	}
	return err
}

func (f *folder) SetTimes(ctx context.Context, base string, modTime time.Time) error {
	return fault("set times", base, f.oldName(base, func() error { return f.dir.chtimes(base, modTime) }))
}

// Sync makes the names in this folder survive power loss.
func (f *folder) Sync(ctx context.Context) error {
	return fault("sync", f.real, syncDir(f.dir))
}

func syncDir(in dir) error {
	l, err := in.list()
	if err != nil {
		return err
	}
	defer l.Close()
	return syncFolder(l)
}

func (f *folder) Close() error { return f.dir.close() }
