package objectsim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"time"

	"portico/backend/vfs/driver"
)

// folder is a prefix.
type folder struct {
	d    *Driver
	name string // "." or the prefix without its last slash
	own  bool   // hidden keys
}

var _ driver.Folder = (*folder)(nil)

func (f *folder) prefix() string {
	if f.name == "." {
		return ""
	}
	return f.name + "/"
}

// Entries lists page by page.
func (f *folder) Entries(ctx context.Context) iter.Seq2[driver.Info, error] {
	return func(yield func(driver.Info, error) bool) {
		after, more := "", true
		for more {
			if err := f.d.ready(ctx); err != nil {
				yield(driver.Info{}, err)
				return
			}
			var names []string
			names, more = f.d.b.page(f.prefix(), after)
			for _, n := range names {
				after = n
				if i, show := f.entry(n); show && !yield(i, nil) {
					return
				}
			}
		}
	}
}

func (f *folder) entry(name string) (driver.Info, bool) {
	if dir, ok := strings.CutSuffix(name, "/"); ok {
		return folderInfo(dir), f.own || f.name != "." || dir != hiddenName
	}
	b := f.d.b.get(key(f.name, name))
	if b == nil {
		return driver.Info{}, false // went away between the page and now
	}
	return b.info(name), true
}

// Names costs as much as Entries here.
func (f *folder) Names(ctx context.Context) iter.Seq2[driver.Info, error] { return f.Entries(ctx) }

func (f *folder) Lookup(ctx context.Context, base string, want driver.Want) (driver.Object, error) {
	if err := f.d.ready(ctx); err != nil {
		return nil, err
	}
	if err := checkBase(base); err != nil {
		return nil, err
	}
	if f.own {
		o, err := f.d.lookup(key(f.name, base), want)
		if err == nil {
			o.own = true
		}
		return o, err
	}
	return f.d.Lookup(ctx, key(f.name, base), want)
}

// taken tells what is at a name.
func (f *folder) taken(base string) (file, dir bool) {
	k := key(f.name, base)
	return f.d.b.get(k) != nil, f.d.b.hasPrefix(k + "/")
}

// old makes sure that a name may be touched: hidden keys are not there for anybody.
func (f *folder) old(ctx context.Context, base string) error {
	if err := f.d.ready(ctx); err != nil {
		return err
	}
	if err := checkBase(base); err != nil {
		return err
	}
	if !f.own && f.name == "." && base == hiddenName {
		return fs.ErrNotExist
	}
	return nil
}

func (f *folder) Mkdir(ctx context.Context, base string) error {
	if err := f.d.ready(ctx); err != nil {
		return err
	}
	if err := f.checkNew(base); err != nil {
		return err
	}
	if file, dir := f.taken(base); file || dir {
		return fmt.Errorf("make folder %q: %w", base, fs.ErrExist)
	}
	return f.d.b.put(key(f.name, base)+"/", newBlob(nil, time.Now()))
}

func (f *folder) Remove(ctx context.Context, base string) error {
	if err := f.old(ctx, base); err != nil {
		return err
	}
	k := key(f.name, base)
	file, dir := f.taken(base)
	switch {
	case file:
		f.d.b.delete(k)
		return nil
	case !dir:
		return fmt.Errorf("remove %q: %w", base, fs.ErrNotExist)
	}
	if names, _ := f.d.b.page(k+"/", ""); len(names) > 0 {
		return fmt.Errorf("remove %q: %w", base, driver.ErrNotEmpty)
	}
	f.d.b.delete(k + "/")
	return nil
}

// Rename copies a file and deletes the original.
func (f *folder) Rename(ctx context.Context, base string, to driver.Folder, toBase string, noReplace bool) error {
	if err := f.old(ctx, base); err != nil {
		return err
	}
	t, ok := to.(*folder)
	if !ok || t.d.b != f.d.b {
		return driver.ErrOtherStorage
	}
	if err := t.checkNew(toBase); err != nil {
		return err
	}
	from, dest := key(f.name, base), key(t.name, toBase)
	o := f.d.b.get(from)
	if o == nil {
		if f.d.b.hasPrefix(from + "/") {
			return fmt.Errorf("rename %q: %w", base, driver.ErrKind)
		}
		return fmt.Errorf("rename %q: %w", base, fs.ErrNotExist)
	}
	if from == dest {
		return nil
	}
	file, dir := t.taken(toBase)
	switch {
	case noReplace && (file || dir):
		return fmt.Errorf("rename to %q: %w", toBase, fs.ErrExist)
	case dir:
		return fmt.Errorf("rename to %q: %w", toBase, driver.ErrKind)
	}
	if err := f.d.b.put(dest, o); err != nil {
		return err
	}
	f.d.b.delete(from)
	return nil
}

// SetTimes puts the object once more, with another time beside it.
func (f *folder) SetTimes(ctx context.Context, base string, modTime time.Time) error {
	if err := f.old(ctx, base); err != nil {
		return err
	}
	o := f.d.b.get(key(f.name, base))
	if o == nil {
		if f.d.b.hasPrefix(key(f.name, base) + "/") {
			return nil // a prefix has no times
		}
		return fmt.Errorf("set times of %q: %w", base, fs.ErrNotExist)
	}
	return f.d.b.put(key(f.name, base), &blob{data: o.data, tag: o.tag, time: modTime})
}

// OpenAppend is not possible.
func (f *folder) OpenAppend(ctx context.Context, base string) (driver.Appender, error) {
	return nil, errors.ErrUnsupported
}

// Attic is a hidden prefix.
func (f *folder) Attic(ctx context.Context, kind string) (driver.Folder, error) {
	if err := f.d.ready(ctx); err != nil {
		return nil, err
	}
	if !validID(kind) || kind == "stage" {
		return nil, driver.ErrName
	}
	return &folder{d: f.d, name: hiddenName + "/" + f.d.instance + "/" + kind, own: true}, nil
}

func (f *folder) Sync(ctx context.Context) error { return f.d.ready(ctx) }
func (f *folder) Close() error                   { return nil }
