package localdisk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"portico/backend/vfs/driver"
)

// Publish makes the content appear as base in to.
//
// What it replaces gives its mode, owner and extended attributes (ACL) to the new content; a new name
// gets what a file made in that folder would have got. A symbolic link is replaced, never written
// through.
func (s *stage) Publish(ctx context.Context, to driver.Folder, base string, o driver.PublishOptions) (driver.Info, error) {
	if s.done {
		return driver.Info{}, fs.ErrClosed
	}
	t, ok := to.(*folder)
	if !ok || t.d != s.d {
		return driver.Info{}, fault("publish", base, driver.ErrOtherStorage)
	}
	var m meta
	err := t.newName(base, func() (err error) {
		m, err = s.publish(ctx, t, base, o)
		return err
	})
	if err != nil {
		return driver.Info{}, fault("publish", base, err)
	}
	if !syncsDisks {
		s.d.fresh.add(join(t.where(s.a), base))
	}
	stored := t.storedBase(s.a, base, m)
	s.dropJournal()
	s.finish()
	return infoOf(stored, m, false), nil
}

func (s *stage) publish(ctx context.Context, t *folder, base string, o driver.PublishOptions) (meta, error) {
	old, err := t.dir.lstat(base)
	switch taken := err == nil; {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return meta{}, err
	case taken && o.NoReplace:
		return meta{}, fs.ErrExist
	case taken && old.isDir():
		return meta{}, driver.ErrKind
	case taken && !old.isFile() && !old.isLink():
		return meta{}, fmt.Errorf("%w: a device, pipe or socket is not replaced", driver.ErrKind)
	case taken && old.isFile():
		err = s.inherit(t.dir, base, old)
	default:
		err = s.fresh(t.dir)
	}
	if err != nil {
		return meta{}, err
	}
	if err = s.trim(); err != nil {
		return meta{}, err
	}
	undo, err := s.keep(ctx, t, base, o)
	if err != nil {
		return meta{}, err
	}
	if o.NoReplace {
		err = s.d.renameFree(s.in, s.base, t.dir, base, true, meta{})
	} else {
		err = s.in.rename(s.base, t.dir, base, false)
	}
	if err != nil {
		undo()
		return meta{}, err
	}
	fi, err := s.f.Stat() // the handle, not the name: somebody may already have replaced it again
	if err != nil {
		return meta{}, err
	}
	return metaOf(fi), nil
}

// keep links what is replaced into an attic before the name changes its content.
func (s *stage) keep(ctx context.Context, t *folder, base string, o driver.PublishOptions) (undo func(), err error) {
	none := func() {}
	if o.KeepIn == nil {
		return none, nil
	}
	k, ok := o.KeepIn.(*folder)
	if !ok || k.d != s.d {
		return nil, driver.ErrOtherStorage
	}
	if err = checkBase(o.KeepAs); err != nil {
		return nil, err
	}
	err = t.dir.link(base, k.dir, o.KeepAs)
	switch {
	case err == nil:
		return func() { k.dir.unlink(o.KeepAs) }, nil
	case errors.Is(err, fs.ErrNotExist): // a new name, or one that went away: nothing to keep
		return none, nil
	case errors.Is(err, fs.ErrExist):
		return nil, err
	}
	if old, lerr := t.dir.lstat(base); lerr == nil && !old.isFile() {
		return none, nil // a link holds nothing worth keeping
	}
	// No hard links here, or not to somebody else's file.
	if err = s.d.copyTo(ctx, t.dir, base, k.dir, o.KeepAs); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return none, nil
		}
		return nil, err
	}
	return func() { k.dir.unlink(o.KeepAs) }, nil
}

// copyTo makes a second file with the same content and time.
func (d *Disk) copyTo(ctx context.Context, from dir, base string, to dir, toBase string) error {
	src, err := from.open(base, 0)
	if err != nil {
		return err
	}
	defer src.Close()
	fi, err := src.Stat()
	if err != nil {
		return err
	}
	dst, err := to.create(toBase)
	if err != nil {
		return err
	}
	err = copyContent(ctx, dst, src)
	if err == nil {
		err = setTimes(dst, to, toBase, fi.ModTime())
	}
	if err = errors.Join(err, dst.Close()); err != nil {
		to.unlink(toBase)
	}
	return err
}

// fresh gives the stage what a file made in the folder would have got; a copy, what its source has and
// that does not take away.
func (s *stage) fresh(in dir) error {
	m, err := in.stat()
	if err != nil {
		return err
	}
	perm := fs.FileMode(0o666)
	if s.like != nil {
		perm = *s.like
	}
	if err = freshAttributes(s.f, in, m, perm&^s.d.umask); err != nil || s.like == nil {
		return err
	}
	return narrow(s.f, *s.like)
}

// inherit gives the stage what the replaced file had.
func (s *stage) inherit(in dir, base string, old meta) error {
	src, err := in.open(base, 0)
	if err != nil {
		src = nil // not readable: mode and owner are known without
	} else {
		defer src.Close()
	}
	return oldAttributes(s.f, src, old)
}

// trim gives back space that was reserved and not used.
func (s *stage) trim() error {
	fi, err := s.f.Stat()
	if err != nil {
		return err
	}
	m := metaOf(fi)
	if m.blocks*512 <= m.size+cheapSize {
		return nil
	}
	if err = s.f.Truncate(m.size); err != nil {
		return err
	}
	return setTimes(s.f, s.in, s.base, fi.ModTime())
}
