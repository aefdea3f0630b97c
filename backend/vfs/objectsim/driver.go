package objectsim

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"portico/backend/vfs/driver"
)

const (
	hiddenName = ".portico"
	keyMost    = 1024
	nameMost   = 255
)

// Driver speaks to one bucket for one instance. It implements driver.Driver.
type Driver struct {
	b        *Bucket
	instance string
	closed   atomic.Bool
}

var _ driver.Driver = (*Driver)(nil)

// Open opens a bucket. The instance names the hidden keys.
func Open(b *Bucket, instance string) *Driver { return &Driver{b: b, instance: instance} }

// Caps: only replacement is atomic.
func (d *Driver) Caps() driver.Caps { return driver.Caps{AtomicReplace: true, Clone: true} }

// ready is asked by every call.
func (d *Driver) ready(ctx context.Context) error {
	if d.closed.Load() {
		return fs.ErrClosed
	}
	d.b.mu.Lock()
	defer d.b.mu.Unlock()
	if d.b.away {
		return driver.ErrAbsent
	}
	return ctx.Err()
}

// Check reports driver.ErrAbsent while the bucket cannot be reached.
func (d *Driver) Check(ctx context.Context) error { return d.ready(ctx) }

// Usage knows a total only for a bucket with a limit.
func (d *Driver) Usage(ctx context.Context) (free, total int64, err error) {
	if err = d.ready(ctx); err != nil {
		return 0, 0, err
	}
	d.b.mu.Lock()
	defer d.b.mu.Unlock()
	return max(0, d.b.limit-d.b.used), d.b.limit, nil
}

// SyncAll has nothing to do: what was put is safe.
func (d *Driver) SyncAll(ctx context.Context) error { return d.ready(ctx) }

// Close ends the driver; stages that it had open are kept.
func (d *Driver) Close() error {
	if d.closed.Swap(true) {
		return fs.ErrClosed
	}
	d.b.mu.Lock()
	defer d.b.mu.Unlock()
	for _, p := range d.b.stages {
		if p.open == d {
			p.open = nil
		}
	}
	return nil
}

// Lookup asks for the object, then for the prefix.
func (d *Driver) Lookup(ctx context.Context, name string, want driver.Want) (driver.Object, error) {
	if err := d.ready(ctx); err != nil {
		return nil, err
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	if top, _, _ := strings.Cut(name, "/"); top == hiddenName {
		return nil, fmt.Errorf("look up %q: %w", name, fs.ErrNotExist)
	}
	return d.lookup(name, want)
}

func (d *Driver) lookup(key string, want driver.Want) (*object, error) {
	o := &object{d: d, key: key}
	switch {
	case key == ".":
		o.folder = true
	default:
		if o.blob = d.b.get(key); o.blob != nil {
			break
		}
		if o.folder = d.b.hasPrefix(key + "/"); !o.folder {
			return nil, fmt.Errorf("look up %q: %w", key, fs.ErrNotExist)
		}
	}
	if want == driver.WantRead && o.folder || want == driver.WantDir && !o.folder {
		return nil, fmt.Errorf("look up %q: %w", key, driver.ErrKind)
	}
	return o, nil
}

// OpenStage goes on with an upload.
func (d *Driver) OpenStage(ctx context.Context, id string) (driver.Stage, error) {
	if err := d.ready(ctx); err != nil {
		return nil, err
	}
	if !validID(id) {
		return nil, driver.ErrName
	}
	d.b.mu.Lock()
	defer d.b.mu.Unlock()
	p := d.b.stages[d.instance+"/"+id]
	if p == nil {
		return nil, fmt.Errorf("open stage %q: %w", id, fs.ErrNotExist)
	}
	if p.open != nil {
		return nil, fmt.Errorf("open stage %q: %w", id, driver.ErrBusy)
	}
	p.open = d
	return &stage{d: d, id: id, p: p}, nil
}

// Stages lists the uploads that this instance left behind.
func (d *Driver) Stages(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := d.ready(ctx); err != nil {
			yield("", err)
			return
		}
		for _, id := range d.kept() {
			if !yield(id, nil) {
				return
			}
		}
	}
}

func (d *Driver) kept() (ids []string) {
	d.b.mu.Lock()
	defer d.b.mu.Unlock()
	for key, p := range d.b.stages {
		if id, mine := strings.CutPrefix(key, d.instance+"/"); mine && p.open == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// key of a name in a folder.
func key(folder, base string) string { return strings.TrimPrefix(folder+"/"+base, "./") }

func checkName(name string) error {
	if name == "." {
		return nil
	}
	if len(name) > keyMost {
		return fmt.Errorf("%w: a key longer than %d bytes", driver.ErrName, keyMost)
	}
	for seg := range strings.SplitSeq(name, "/") {
		if err := checkBase(seg); err != nil {
			return err
		}
	}
	return nil
}

func checkBase(base string) error {
	switch {
	case base == "", base == ".", base == "..", strings.ContainsAny(base, "/\x00"):
		return fmt.Errorf("%w: %q is not a name", driver.ErrName, base)
	case len(base) > nameMost, !utf8.ValidString(base):
		return fmt.Errorf("%w: %.40q cannot be part of a key", driver.ErrName, base)
	}
	return nil
}

// checkNew refuses what cannot be a new key in a folder.
func (f *folder) checkNew(base string) error {
	if err := checkBase(base); err != nil {
		return err
	}
	if !f.own && strings.EqualFold(base, hiddenName) {
		return fmt.Errorf("%w: kept for unfinished uploads", driver.ErrName)
	}
	return checkName(key(f.name, base))
}

func validID(id string) bool {
	for _, c := range []byte(id) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return id != "" && len(id) <= 128
}

func base(name string) string {
	if name == "." {
		return ""
	}
	return path.Base(name)
}
