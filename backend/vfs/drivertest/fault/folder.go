package fault

import (
	"context"
	"iter"
	"time"

	"portico/backend/vfs/driver"
)

type folder struct {
	d     *Driver
	inner driver.Folder
	node  *node // nil: not in the image
}

var _ driver.Folder = (*folder)(nil)

func (d *Driver) folder(in driver.Folder, n *node) *folder {
	d.opened(in)
	return &folder{d, in, n}
}

func (f *folder) Entries(ctx context.Context) iter.Seq2[driver.Info, error] {
	return f.list(func() iter.Seq2[driver.Info, error] { return f.inner.Entries(ctx) })
}

func (f *folder) Names(ctx context.Context) iter.Seq2[driver.Info, error] {
	return f.list(func() iter.Seq2[driver.Info, error] { return f.inner.Names(ctx) })
}

func (f *folder) list(all func() iter.Seq2[driver.Info, error]) iter.Seq2[driver.Info, error] {
	return func(yield func(driver.Info, error) bool) {
		if err := f.d.do(Entries, "", func() error { return nil }); err != nil {
			yield(driver.Info{}, err)
			return
		}
		for i, err := range all() {
			if !yield(i, err) {
				return
			}
		}
	}
}

func (f *folder) Lookup(ctx context.Context, base string, want driver.Want) (o driver.Object, err error) {
	err = f.d.do(Lookup, base, func() error {
		in, err := f.inner.Lookup(ctx, base, want)
		if err == nil {
			var n *node
			if !in.Info().Linked {
				n = f.d.image.child(f.node, in.Info().Name)
			}
			o = f.d.object(in, n)
		}
		return err
	})
	return o, err
}

func (f *folder) Mkdir(ctx context.Context, base string) error {
	return f.d.do(Mkdir, base, func() error {
		return f.d.image.change(func() ([]edit, error) {
			err := f.inner.Mkdir(ctx, base)
			return []edit{{in: f.node, name: base, now: newFolder()}}, err
		})
	})
}

func (f *folder) Remove(ctx context.Context, base string) error {
	return f.d.do(Remove, base, func() error {
		return f.d.image.change(func() ([]edit, error) {
			name, was := f.node.stored(base)
			err := f.inner.Remove(ctx, base)
			return []edit{{in: f.node, name: name, was: was, gone: true}}, err
		})
	})
}

func (f *folder) Rename(ctx context.Context, base string, to driver.Folder, toBase string, noReplace bool) error {
	t, ok := to.(*folder)
	if !ok {
		return f.d.do(Rename, base, func() error { return f.inner.Rename(ctx, base, to, toBase, noReplace) })
	}
	return f.d.do(Rename, base, func() error {
		return f.d.image.change(func() ([]edit, error) {
			name, was := f.node.stored(base)
			over, _ := t.node.stored(toBase)
			err := f.inner.Rename(ctx, base, t.inner, toBase, noReplace)
			if was == nil {
				return nil, err
			}
			return []edit{
				{in: f.node, name: name, was: was, gone: true},
				{in: t.node, name: over, gone: true},
				{in: t.node, name: toBase, now: was},
			}, err
		})
	})
}

func (f *folder) SetTimes(ctx context.Context, base string, modTime time.Time) error {
	return f.d.do(SetTimes, base, func() error {
		err := f.inner.SetTimes(ctx, base, modTime)
		if err == nil {
			f.d.image.times(f.node, base, modTime)
		}
		return err
	})
}

func (f *folder) Stage(ctx context.Context, o driver.StageOptions) (s driver.Stage, err error) {
	if from, ok := o.From.(*object); ok {
		o.From = from.inner
	}
	err = f.d.do(NewStage, o.ID, func() error {
		in, err := f.inner.Stage(ctx, o)
		if err != nil {
			return err
		}
		if err = f.d.image.staged(in); err != nil {
			in.Discard()
			return err
		}
		s = f.d.stage(in)
		return nil
	})
	return s, err
}

func (f *folder) OpenAppend(ctx context.Context, base string) (a driver.Appender, err error) {
	err = f.d.do(OpenAppend, base, func() error {
		in, err := f.inner.OpenAppend(ctx, base)
		if err == nil {
			f.d.opened(in)
			a = &appender{f.d, in, base, f.d.image.child(f.node, base)}
		}
		return err
	})
	return a, err
}

func (f *folder) Attic(ctx context.Context, kind string) (a driver.Folder, err error) {
	err = f.d.do(Attic, kind, func() error {
		in, err := f.inner.Attic(ctx, kind)
		if err == nil {
			a = f.d.folder(in, f.d.image.attic(kind))
		}
		return err
	})
	return a, err
}

func (f *folder) Sync(ctx context.Context) error {
	done := f.d.image.syncingNames(f.node)
	return f.d.do(SyncFolder, "", func() error {
		err := f.inner.Sync(ctx)
		if err == nil {
			done()
		}
		return err
	})
}

func (f *folder) Close() error { return f.d.close(f.inner) }
