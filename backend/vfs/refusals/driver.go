package refusals

import (
	"context"
	"iter"
	"sync"

	"portico/backend/vfs/driver"
)

// Driver is the inner driver with Windows' refusals. It implements driver.Driver.
type Driver struct {
	inner driver.Driver
	open  opened
	// names keeps a look at a name and the change after it together, and an opening out of between.
	names sync.RWMutex
}

var _ driver.Driver = (*Driver)(nil)

// New wraps inner. Closing the wrapper closes inner.
func New(inner driver.Driver) *Driver { return &Driver{inner: inner} }

// Caps are the inner ones, with folded case and reserved names.
func (d *Driver) Caps() driver.Caps {
	c := d.inner.Caps()
	c.CaseFold, c.ReservedNames = true, true
	return c
}

func (d *Driver) Check(ctx context.Context) error { return d.inner.Check(ctx) }

func (d *Driver) Lookup(ctx context.Context, name string, want driver.Want) (driver.Object, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	d.names.RLock()
	defer d.names.RUnlock()
	o, err := d.inner.Lookup(ctx, name, want)
	if err != nil {
		as, serr := d.spelled(ctx, name)
		if serr != nil {
			return nil, serr
		}
		if as == name {
			return nil, err
		}
		if o, err = d.inner.Lookup(ctx, as, want); err != nil {
			return nil, err
		}
	}
	return &object{o, d}, nil
}

func (d *Driver) Usage(ctx context.Context) (free, total int64, err error) { return d.inner.Usage(ctx) }

func (d *Driver) OpenStage(ctx context.Context, id string) (driver.Stage, error) {
	s, err := d.inner.OpenStage(ctx, id)
	if err != nil {
		return nil, err
	}
	return &stage{s, d}, nil
}

func (d *Driver) Stages(ctx context.Context) iter.Seq2[string, error] { return d.inner.Stages(ctx) }
func (d *Driver) SyncAll(ctx context.Context) error                   { return d.inner.SyncAll(ctx) }
func (d *Driver) Close() error                                        { return d.inner.Close() }
