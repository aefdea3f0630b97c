package localdisk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"portico/backend/vfs/driver"
)

// target is an opened object and where it really is.
type target struct {
	h       handle
	real    string // canonical name below the root; "" outside
	base    string // last segment as it was asked, as stored
	outside bool   // in a link root
	linked  bool   // reached through a symbolic link
	own     bool   // in the hidden place, looked up from there
}

// Lookup obtains a handle on an existing object. A last segment that is a broken link, or one that
// leads outside, is found as driver.KindLink with WantInfo; with WantRead and WantDir it is an error.
func (d *Disk) Lookup(ctx context.Context, name string, want driver.Want) (driver.Object, error) {
	if err := checkName(name); err != nil {
		return nil, fault("look up", name, err)
	}
	a, err := d.acquire()
	if err != nil {
		return nil, fault("look up", name, err)
	}
	defer d.release(a)
	t, err := a.lookup(name, want)
	if err != nil {
		return nil, fault("look up", name, d.missed(err))
	}
	return &object{d: d, t: t}, nil
}

func (a *anchor) lookup(name string, want driver.Want) (target, error) {
	return held(want, func() (target, error) { return a.lookupOnce(name, want) })
}

// held tries again when what was found was replaced before it could be held.
func held(want driver.Want, find func() (target, error)) (t target, err error) {
	for range 32 {
		if t, err = find(); err == nil && want == driver.WantRead {
			if err = t.h.pin(); err != nil {
				t.h.close()
			}
		}
		if !errors.Is(err, errMoved) {
			break
		}
	}
	return t, err
}

// lookupOnce resolves, leaves out what is hidden and insists on the wanted kind.
func (a *anchor) lookupOnce(name string, want driver.Want) (target, error) {
	t, err := a.resolve(name, want == driver.WantNoFollow)
	if want == driver.WantInfo && (broken(err) || err == nil && t.linked && a.withheld(t)) {
		// The link itself is what there is to see.
		if l, lerr := a.resolve(name, true); lerr == nil && l.h.meta().isLink() {
			if err == nil {
				t.h.close()
			}
			t, err = l, nil
		} else if lerr == nil {
			l.h.close()
		}
	}
	if err != nil {
		return target{}, notDir(err)
	}
	m := t.h.meta()
	switch {
	case !t.outside && a.hides(t.real, m):
		err = fs.ErrNotExist
	case t.outside && !m.isFile() && !m.isLink():
		err = driver.ErrOutside
	case want == driver.WantDir && !m.isDir(), want == driver.WantRead && !m.isFile():
		err = driver.ErrKind
	}
	if err != nil {
		t.h.close()
		return target{}, err
	}
	return t, nil
}

// withheld: what a link leads to is not shown.
func (a *anchor) withheld(t target) bool {
	m := t.h.meta()
	return t.outside && !m.isFile() || !t.outside && a.hides(t.real, m)
}

// glance is what a listing shows of the link at name: what it leads to, or itself. It asks for no
// canonical name, which would cost more than all the rest.
func (a *anchor) glance(name string, link meta) (m meta, linked bool) {
	h, err := a.root.find(name, linksBeneath)
	if err == nil {
		defer h.close()
		if p, ok := h.path(); ok {
			if real, ok := a.rel(p); ok && !a.hides(real, h.meta()) {
				return h.meta(), true
			}
		}
		return link, false
	}
	if !errors.Is(err, errEscape) {
		return link, false
	}
	t, err := a.lookup(name, driver.WantInfo)
	if err != nil {
		return link, false
	}
	defer t.h.close()
	return t.h.meta(), t.linked
}

// resolve follows name from the root. With noFollow the last segment is returned itself.
func (a *anchor) resolve(name string, noFollow bool) (target, error) {
	h, err := a.root.find(name, noLinks)
	if err == nil {
		if noFollow || !h.meta().isLink() {
			return a.settled(target{h: h}, name, name)
		}
		h.close()
	} else if !errors.Is(err, errLink) {
		return target{}, err
	}
	if noFollow {
		return a.resolveLast(name)
	}
	if h, err = a.root.find(name, linksBeneath); err == nil {
		if p, ok := h.path(); ok {
			// The kernel marks what was removed meanwhile by a suffix that a name could also have.
			if real, ok := a.rel(p); ok && h.meta().links > 0 {
				return a.settled(target{h: h, linked: true}, real, name)
			}
		}
		h.close()
	} else if !errors.Is(err, errEscape) {
		return target{}, err
	}
	return a.walk(name)
}

// resolveLast follows all but the last segment.
func (a *anchor) resolveLast(name string) (target, error) {
	up, err := a.resolve(path.Dir(name), false)
	if err != nil {
		return target{}, err
	}
	defer up.h.close()
	if up.outside {
		return target{}, driver.ErrOutside
	}
	in, err := up.h.dir()
	if err != nil {
		return target{}, err
	}
	defer in.close()
	h, err := in.find(path.Base(name), noLinks)
	if err != nil {
		return target{}, err
	}
	return a.settled(target{h: h, linked: true}, join(up.real, path.Base(name)), name)
}

// settled fills in the canonical names: real is where the object was found, asked how it was asked.
func (a *anchor) settled(t target, real, asked string) (target, error) {
	var err error
	if t.real, err = a.canonical(real, t.h.meta()); err != nil {
		t.h.close()
		return target{}, err
	}
	switch {
	case asked == real:
		t.base = path.Base(t.real)
	default:
		t.base = path.Base(asked)
	}
	if t.base == "." {
		t.base = ""
	}
	return t, nil
}

func broken(err error) bool {
	return errors.Is(err, driver.ErrOutside) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, errEscape)
}

// notDir: a file in the middle of a name means that the name does not exist.
func notDir(err error) error {
	if isNotDir(err) || isInvalid(err) { // nor one that the disk could not store
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}
