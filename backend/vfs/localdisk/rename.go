package localdisk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"portico/backend/vfs/driver"
)

// Rename moves base into another folder of this disk in one step.
func (f *folder) Rename(ctx context.Context, base string, to driver.Folder, toBase string, noReplace bool) error {
	t, ok := to.(*folder)
	if !ok || t.d != f.d {
		return fault("rename", base, driver.ErrOtherStorage)
	}
	return fault("rename", base, f.oldName(base, func() error {
		return t.newName(toBase, func() error { return f.d.rename(f.dir, base, t.dir, toBase, noReplace) })
	}))
}

// SharesStorage reports whether a name can be moved from one folder to the other in one step. Where the
// system does not tell, it is true: Rename finds out.
func (f *folder) SharesStorage(to driver.Folder) bool {
	t, ok := to.(*folder)
	if !ok || t.d != f.d {
		return false
	}
	a, err := f.dir.stat()
	if err != nil {
		return true
	}
	b, err := t.dir.stat()
	return err != nil || a.sameStorage(b)
}

func (d *Disk) rename(from dir, base string, to dir, toBase string, noReplace bool) error {
	old, err := from.lstat(base)
	if err != nil {
		return err
	}
	if err := d.secret.holdsStill(old); err != nil {
		return err
	}
	taken, err := to.lstat(toBase)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = d.renameFree(from, base, to, toBase, noReplace, old)
	case err != nil:
		return err
	case taken.same(old):
		err = d.renameSelf(from, base, to, toBase, noReplace, old)
	case noReplace:
		return fs.ErrExist
	default:
		err = from.rename(base, to, toBase, false)
	}
	if old.isDir() && isInvalid(err) {
		return fmt.Errorf("%w: a folder cannot be moved into itself: %w", driver.ErrKind, err)
	}
	if old.isDir() && !noReplace && errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %w", driver.ErrNotEmpty, err)
	}
	return err
}

// renameFree renames to a name that was free a moment ago.
func (d *Disk) renameFree(from dir, base string, to dir, toBase string, noReplace bool, old meta) error {
	err := from.rename(base, to, toBase, noReplace)
	if !errors.Is(err, errUnsupported) {
		return err
	}
	if !old.isDir() {
		if err = from.link(base, to, toBase); err == nil || errors.Is(err, fs.ErrExist) {
			if err == nil {
				err = from.unlink(base)
			}
			return err
		}
	}
	// Neither is possible (FAT, some network disks): only our own writers are kept apart.
	d.naming.Lock()
	defer d.naming.Unlock()
	if _, err = to.lstat(toBase); err == nil {
		return fs.ErrExist
	}
	return from.rename(base, to, toBase, false)
}

// renameSelf renames between two names of one object: two spellings of one name on a disk that folds
// case, or two hard links.
func (d *Disk) renameSelf(from dir, base string, to dir, toBase string, noReplace bool, old meta) error {
	a, errA := from.stat()
	b, errB := to.stat()
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	here := a.same(b)
	if here && base == toBase {
		return nil
	}
	if here && (old.isDir() || old.links == 1) {
		return d.respell(from, base, toBase, old)
	}
	if noReplace {
		return fs.ErrExist
	}
	return from.unlink(base) // rename(2) would leave both names
}

// respell changes only the spelling of a name, on a disk that takes both for one. Linux does nothing
// when both reach one object, so the way leads over a third name: a visible one, because a crash in
// between must not hide the file.
func (d *Disk) respell(in dir, base, toBase string, m meta) error {
	if err := in.rename(base, in, toBase, false); err != nil {
		return err
	}
	if now, err := storedName(in, toBase, m); err != nil || now == toBase {
		return err
	}
	passing := "renaming-" + strings.ToLower(rand.Text()[:8])
	if err := d.renameFree(in, base, in, passing, true, m); err != nil {
		return err
	}
	err := d.renameFree(in, passing, in, toBase, true, m)
	if err != nil {
		return errors.Join(err, d.renameFree(in, passing, in, base, true, m))
	}
	return nil
}
