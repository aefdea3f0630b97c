package fault

import (
	"context"
	"io"
	"time"

	"portico/backend/vfs/driver"
)

type stage struct {
	d     *Driver
	inner driver.Stage
	node  *node
}

var _ driver.Stage = (*stage)(nil)

func (d *Driver) stage(in driver.Stage) *stage {
	d.opened(in)
	return &stage{d, in, d.image.stageNode(in.ID())}
}

func (s *stage) ID() string { return s.inner.ID() }

func (s *stage) WriteAt(p []byte, off int64) (n int, err error) {
	write := func(p []byte) error {
		var err error
		n, err = s.inner.WriteAt(p, off)
		s.d.image.wrote(s.node, p[:n], off)
		return err
	}
	err = s.d.doHalf(Write, s.ID(), func() error { return write(p) }, func() error { return write(p[:len(p)/2]) })
	return n, err
}

func (s *stage) ReadAt(p []byte, off int64) (n int, err error) {
	err = s.d.do(ReadStage, s.ID(), func() (err error) {
		n, err = s.inner.ReadAt(p, off)
		return err
	})
	return n, err
}

func (s *stage) Truncate(size int64) error {
	return s.d.do(Truncate, s.ID(), func() error {
		err := s.inner.Truncate(size)
		if err == nil {
			s.d.image.cut(s.node, size)
		}
		return err
	})
}

func (s *stage) Size() (n int64, err error) {
	err = s.d.do("", s.ID(), func() (err error) {
		n, err = s.inner.Size()
		return err
	})
	return n, err
}

func (s *stage) Sync(ctx context.Context) error {
	done := s.d.image.syncingContent(s.node)
	return s.d.do(SyncStage, s.ID(), func() error {
		err := s.inner.Sync(ctx)
		if err == nil {
			done()
		}
		return err
	})
}

func (s *stage) SetTimes(modTime time.Time) error {
	return s.d.do(SetTimes, s.ID(), func() error {
		err := s.inner.SetTimes(modTime)
		if err == nil {
			s.d.image.stamp(s.node, modTime)
		}
		return err
	})
}

func (s *stage) SaveJournal(data []byte, sync bool) error {
	return s.d.do(SaveJournal, s.ID(), func() error {
		err := s.inner.SaveJournal(data, sync)
		if err == nil {
			s.d.image.journal(s.node, s.ID(), data, sync)
		}
		return err
	})
}

func (s *stage) Journal() (b []byte, err error) {
	err = s.d.do(Journal, s.ID(), func() (err error) {
		b, err = s.inner.Journal()
		return err
	})
	return b, err
}

func (s *stage) Publish(ctx context.Context, dir driver.Folder, base string, o driver.PublishOptions) (i driver.Info, err error) {
	var into, attic *node
	if f, ok := dir.(*folder); ok {
		dir, into = f.inner, f.node
	}
	if k, ok := o.KeepIn.(*folder); ok {
		o.KeepIn, attic = k.inner, k.node
	}
	err = s.d.do(Publish, base, func() error {
		return s.d.image.changes(func() ([][]edit, error) {
			over, was := into.stored(base)
			i, err = s.inner.Publish(ctx, dir, base, o)
			if err != nil {
				return nil, err
			}
			s.d.spent(s.inner)
			var all [][]edit
			if o.KeepIn != nil && was != nil {
				all = append(all, []edit{{in: attic, name: o.KeepAs, now: was}})
			}
			return append(all, []edit{
				{in: s.d.image.stagesNode(), name: s.ID(), gone: true},
				{in: into, name: over, gone: true},
				{in: into, name: i.Name, now: s.node},
			}), nil
		})
	})
	return i, err
}

func (s *stage) Discard() error {
	return s.d.do(Discard, s.ID(), func() error {
		return s.d.image.change(func() ([]edit, error) {
			err := s.inner.Discard()
			if err == nil {
				s.d.spent(s.inner)
			}
			return []edit{{in: s.d.image.stagesNode(), name: s.ID(), gone: true}}, err
		})
	})
}

func (s *stage) Close() error { return s.d.close(s.inner) }

type appender struct {
	d     *Driver
	inner driver.Appender
	base  string
	node  *node
}

var _ driver.Appender = (*appender)(nil)

func (a *appender) Write(p []byte) (n int, err error) {
	write := func(p []byte) error {
		var err error
		n, err = a.inner.Write(p)
		a.d.image.appended(a.node, p[:n])
		return err
	}
	err = a.d.doHalf(Write, a.base, func() error { return write(p) }, func() error { return write(p[:len(p)/2]) })
	return n, err
}

// ReadFrom writes slice by slice, so that every slice can fail.
func (a *appender) ReadFrom(r io.Reader) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{a}, r, make([]byte, 64<<10))
}

func (a *appender) OldSize() int64 { return a.inner.OldSize() }

func (a *appender) Sync(ctx context.Context) error {
	done := a.d.image.syncingContent(a.node)
	return a.d.do(SyncStage, a.base, func() error {
		err := a.inner.Sync(ctx)
		if err == nil {
			done()
		}
		return err
	})
}

func (a *appender) Rollback() error {
	return a.d.do(Rollback, a.base, func() error {
		err := a.inner.Rollback()
		if err == nil {
			a.d.image.cut(a.node, a.inner.OldSize())
		}
		return err
	})
}

func (a *appender) Info() (driver.Info, error) { return a.inner.Info() }
func (a *appender) Close() error               { return a.d.close(a.inner) }
