package refusals

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"portico/backend/vfs/driver"
)

type folder struct {
	driver.Folder
	d    *Driver
	name string // canonical
}

var _ driver.Folder = (*folder)(nil)

func (f *folder) key(base string) string { return strings.TrimPrefix(f.name+"/"+base, "./") }

// at runs fn with the stored spelling of base, while no name changes and nothing is opened.
func (f *folder) at(ctx context.Context, base string, fn func(name string, there bool) error) error {
	if err := checkBase(base); err != nil {
		return err
	}
	f.d.names.Lock()
	defer f.d.names.Unlock()
	name, there, err := stored(ctx, f.Folder, base)
	if err != nil {
		return err
	}
	return fn(name, there)
}

func (f *folder) Lookup(ctx context.Context, base string, want driver.Want) (driver.Object, error) {
	if err := checkBase(base); err != nil {
		return nil, err
	}
	f.d.names.RLock()
	defer f.d.names.RUnlock()
	name, _, err := stored(ctx, f.Folder, base)
	if err != nil {
		return nil, err
	}
	o, err := f.Folder.Lookup(ctx, name, want)
	if err != nil {
		return nil, err
	}
	return &object{o, f.d}, nil
}

func (f *folder) Mkdir(ctx context.Context, base string) error {
	return f.at(ctx, base, func(name string, there bool) error {
		if there {
			return fmt.Errorf("make folder %q: %w", base, fs.ErrExist)
		}
		return f.Folder.Mkdir(ctx, base)
	})
}

func (f *folder) Remove(ctx context.Context, base string) error {
	return f.at(ctx, base, func(name string, there bool) error {
		if err := f.d.open.free(f.key(name)); err != nil && there {
			return f.notEmptyOr(ctx, name, err)
		}
		return f.Folder.Remove(ctx, name)
	})
}

// notEmptyOr: a folder with an open file in it is first of all not empty.
func (f *folder) notEmptyOr(ctx context.Context, name string, busy error) error {
	o, err := f.Folder.Lookup(ctx, name, driver.WantNoFollow)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.Info().Kind == driver.KindFolder {
		return driver.ErrNotEmpty
	}
	return busy
}

// Rename refuses when either end is open.
func (f *folder) Rename(ctx context.Context, base string, to driver.Folder, toBase string, noReplace bool) error {
	t, ok := to.(*folder)
	if !ok {
		return driver.ErrOtherStorage
	}
	if err := checkBase(toBase); err != nil {
		return err
	}
	return f.at(ctx, base, func(name string, _ bool) error {
		over, taken, err := stored(ctx, t.Folder, toBase)
		if err != nil {
			return err
		}
		if taken && f.key(name) == t.key(over) { // only the spelling changes
			taken, over = false, toBase
		}
		if taken && noReplace {
			return fmt.Errorf("rename to %q: %w", toBase, fs.ErrExist)
		}
		if err = f.d.open.free(f.key(name)); err != nil {
			return err
		}
		if taken {
			if err = f.d.open.free(t.key(over)); err != nil {
				return err
			}
		}
		return f.Folder.Rename(ctx, name, t.Folder, over, noReplace)
	})
}

func (f *folder) SetTimes(ctx context.Context, base string, modTime time.Time) error {
	return f.at(ctx, base, func(name string, _ bool) error { return f.Folder.SetTimes(ctx, name, modTime) })
}

func (f *folder) Stage(ctx context.Context, o driver.StageOptions) (driver.Stage, error) {
	s, err := f.Folder.Stage(ctx, o) // From is read through the wrapper, and so counted
	if err != nil {
		return nil, err
	}
	return &stage{s, f.d}, nil
}

// OpenAppend counts the file as open.
func (f *folder) OpenAppend(ctx context.Context, base string) (a driver.Appender, err error) {
	err = f.at(ctx, base, func(name string, _ bool) error {
		in, err := f.Folder.OpenAppend(ctx, name)
		if err != nil {
			return err
		}
		key := f.key(name)
		f.d.open.add(key)
		a = &appender{in, sync.OnceFunc(func() { f.d.open.done(key) })}
		return nil
	})
	return a, err
}

func (f *folder) Attic(ctx context.Context, kind string) (driver.Folder, error) {
	in, err := f.Folder.Attic(ctx, kind)
	if err != nil {
		return nil, err
	}
	return &folder{Folder: in, d: f.d, name: "/" + kind}, nil // no name in the volume begins so
}

type appender struct {
	driver.Appender
	done func()
}

func (a *appender) Close() error {
	err := a.Appender.Close()
	a.done()
	return err
}
