package localdisk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"

	"portico/backend/vfs/driver"
)

const batch = 512 // names read at once

// Entries yields the folder with full Info. An entry that cannot be looked at is yielded by name with
// its error, and the listing goes on; an error without a name ends it.
func (f *folder) Entries(ctx context.Context) iter.Seq2[driver.Info, error] {
	return func(yield func(driver.Info, error) bool) {
		a, err := f.d.acquire()
		if err != nil {
			yield(driver.Info{}, fault("list", f.real, err))
			return
		}
		defer f.d.release(a)
		where := f.where(a)
		f.each(ctx, yield, func(e fs.DirEntry) (driver.Info, bool, error) { return f.entry(a, where, e.Name()) })
	}
}

// Names yields names and kinds only. A link is KindLink here, whatever it leads to.
func (f *folder) Names(ctx context.Context) iter.Seq2[driver.Info, error] {
	return func(yield func(driver.Info, error) bool) {
		f.each(ctx, yield, func(e fs.DirEntry) (driver.Info, bool, error) {
			name, mode := e.Name(), e.Type()
			if !f.own && (suspicious(name) || mode.IsDir() && len(f.d.secret) > 0) {
				if m, err := f.dir.lstat(name); err != nil || f.d.hidesIn(f.dir, name, m) {
					return driver.Info{}, false, nil
				}
			}
			return driver.Info{Name: name, Kind: kindOf(meta{mode: mode})}, true, nil
		})
	}
}

func (f *folder) each(ctx context.Context, yield func(driver.Info, error) bool, one func(fs.DirEntry) (driver.Info, bool, error)) {
	l, err := f.dir.list()
	if err != nil {
		yield(driver.Info{}, fault("list", f.real, err))
		return
	}
	defer l.Close()
	for {
		if err := ctx.Err(); err != nil {
			yield(driver.Info{}, fault("list", f.real, err))
			return
		}
		names, err := l.ReadDir(batch)
		for _, e := range names {
			i, show, err := one(e)
			if show && !yield(i, err) {
				return
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			yield(driver.Info{}, fault("list", f.real, err))
			return
		}
	}
}

func (f *folder) entry(a *anchor, where, name string) (i driver.Info, show bool, err error) {
	m, err := f.dir.lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return i, false, nil // went away meanwhile
	}
	if err != nil {
		return driver.Info{Name: name, Kind: driver.KindOther}, true, fault("look at", name, err)
	}
	if !f.own && f.d.hidesIn(f.dir, name, m) {
		return i, false, nil
	}
	if !m.isLink() || f.own {
		return infoOf(name, m, false), true, nil
	}
	to, linked := a.glance(join(where, name), m)
	return infoOf(name, to, linked), true, nil
}
