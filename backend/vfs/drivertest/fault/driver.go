package fault

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/vfs/driver"
)

// Options for New and WithPower.
type Options struct {
	// AnyOrder: at power loss, changes of names survive or are lost each for itself, as on a file
	// system without a journal.
	AnyOrder bool
}

// Driver is the inner driver with faults. It implements driver.Driver.
type Driver struct {
	inner driver.Driver
	opts  Options
	rules rules
	image *image // nil without power

	dead    atomic.Bool
	closed  atomic.Bool
	running sync.RWMutex // held for reading by every call, so that a kill comes between calls

	mu   sync.Mutex
	open map[io.Closer]struct{} // inner handles that were given out
}

var _ driver.Driver = (*Driver)(nil)

// New wraps inner. Closing the wrapper closes inner.
func New(inner driver.Driver, o Options) *Driver {
	return &Driver{inner: inner, opts: o, open: map[io.Closer]struct{}{}}
}

// WithPower wraps inner and keeps the image that PowerLoss needs.
func WithPower(ctx context.Context, inner driver.Driver, o Options) (*Driver, error) {
	d := New(inner, o)
	var err error
	d.image, err = takeImage(ctx, inner)
	return d, err
}

// Kill plays SIGKILL: see the package comment. The inner driver stays open.
func (d *Driver) Kill() {
	d.dead.Store(true)
	d.running.Lock() // calls that are under way end first
	defer d.running.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		c.Close()
	}
	clear(d.open)
}

// Killed reports whether a kill happened.
func (d *Driver) Killed() bool { return d.dead.Load() }

// Handles is how many objects, files, folders, stages and appenders were given out and not closed.
func (d *Driver) Handles() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.open)
}

// do is every call: rules first, then the work.
func (d *Driver) do(op Op, name string, work func() error) error {
	return d.doHalf(op, name, work, nil)
}

// doHalf is do with a part of the work that is done even when an error is injected.
func (d *Driver) doHalf(op Op, name string, work, half func() error) error {
	d.running.RLock()
	defer d.running.RUnlock()
	if d.closed.Load() {
		return fs.ErrClosed
	}
	if d.dead.Load() {
		return ErrKilled
	}
	r := d.rules.take(op, name)
	if r == nil {
		return work()
	}
	time.Sleep(r.Delay)
	fail := func() error {
		if r.Kill {
			d.dead.Store(true)
			return ErrKilled
		}
		return r.Err
	}
	if !r.Kill && r.Err == nil {
		return work()
	}
	if r.Late {
		return errors.Join(fail(), work())
	}
	if half != nil {
		half()
	}
	return fail()
}

func (d *Driver) opened(c io.Closer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open[c] = struct{}{}
}

// spent forgets a handle that closed itself.
func (d *Driver) spent(c io.Closer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, c)
}

// close closes a handle unless a kill did.
func (d *Driver) close(c io.Closer) error {
	d.running.RLock()
	defer d.running.RUnlock()
	if d.dead.Load() {
		return nil
	}
	d.spent(c)
	return c.Close()
}

func (d *Driver) Caps() driver.Caps { return d.inner.Caps() }

func (d *Driver) Check(ctx context.Context) error {
	return d.do(Check, ".", func() error { return d.inner.Check(ctx) })
}

func (d *Driver) Lookup(ctx context.Context, name string, want driver.Want) (o driver.Object, err error) {
	err = d.do(Lookup, name, func() error {
		in, err := d.inner.Lookup(ctx, name, want)
		if err == nil {
			o = d.object(in, nil)
		}
		return err
	})
	return o, err
}

func (d *Driver) Usage(ctx context.Context) (free, total int64, err error) {
	err = d.do(Usage, ".", func() error {
		free, total, err = d.inner.Usage(ctx)
		return err
	})
	return free, total, err
}

func (d *Driver) OpenStage(ctx context.Context, id string) (s driver.Stage, err error) {
	err = d.do(OpenStage, id, func() error {
		in, err := d.inner.OpenStage(ctx, id)
		if err == nil {
			s = d.stage(in)
		}
		return err
	})
	return s, err
}

func (d *Driver) Stages(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var ids []string
		err := d.do(Stages, ".", func() error {
			for id, err := range d.inner.Stages(ctx) {
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return nil
		})
		for _, id := range ids {
			if !yield(id, nil) {
				return
			}
		}
		if err != nil {
			yield("", err)
		}
	}
}

func (d *Driver) SyncAll(ctx context.Context) error {
	done := d.image.syncingAll()
	return d.do(SyncAll, ".", func() error {
		err := d.inner.SyncAll(ctx)
		if err == nil {
			done()
		}
		return err
	})
}

// Close closes the inner driver, and whatever handles a lost reply left open.
func (d *Driver) Close() error {
	if d.dead.Load() {
		return nil
	}
	d.closed.Store(true)
	d.Kill()
	return d.inner.Close()
}
