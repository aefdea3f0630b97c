package objectsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"time"

	"portico/backend/vfs/driver"
)

// stage is an upload in parts: it grows at its end only.
type stage struct {
	d    *Driver
	id   string
	p    *pending
	done bool
}

var _ driver.Stage = (*stage)(nil)

// Stage begins an upload.
func (f *folder) Stage(ctx context.Context, o driver.StageOptions) (driver.Stage, error) {
	if err := f.d.ready(ctx); err != nil {
		return nil, err
	}
	if !validID(o.ID) {
		return nil, driver.ErrName
	}
	p := &pending{open: f.d}
	if o.From != nil {
		if err := p.fill(o.From); err != nil {
			return nil, err
		}
	}
	b := f.d.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stages[f.d.instance+"/"+o.ID] != nil {
		return nil, fmt.Errorf("stage %q: %w", o.ID, fs.ErrExist)
	}
	if err := b.take(int64(len(p.data))); err != nil {
		return nil, err
	}
	b.stages[f.d.instance+"/"+o.ID] = p
	return &stage{d: f.d, id: o.ID, p: p}, nil
}

func (p *pending) fill(from driver.Object) error {
	r, err := from.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	p.data, err = io.ReadAll(r)
	return err
}

func (s *stage) ID() string { return s.id }

// lock is asked by every call on the upload.
func (s *stage) lock() error {
	if s.done {
		return fs.ErrClosed
	}
	if err := s.d.ready(context.Background()); err != nil {
		return err
	}
	s.p.mu.Lock()
	return nil
}

func (s *stage) WriteAt(p []byte, off int64) (int, error) {
	if err := s.lock(); err != nil {
		return 0, err
	}
	defer s.p.mu.Unlock()
	if off != int64(len(s.p.data)) {
		return 0, fmt.Errorf("write at %d of %d: %w", off, len(s.p.data), errors.ErrUnsupported)
	}
	if err := s.d.b.grow(int64(len(p))); err != nil {
		return 0, err
	}
	s.p.data = append(s.p.data, p...)
	return len(p), nil
}

func (s *stage) ReadAt(p []byte, off int64) (int, error) {
	if err := s.lock(); err != nil {
		return 0, err
	}
	defer s.p.mu.Unlock()
	if off < 0 || off >= int64(len(s.p.data)) {
		return 0, io.EOF
	}
	n := copy(p, s.p.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Truncate can only begin anew.
func (s *stage) Truncate(size int64) error {
	if err := s.lock(); err != nil {
		return err
	}
	defer s.p.mu.Unlock()
	switch size {
	case int64(len(s.p.data)):
		return nil
	case 0:
		err := s.d.b.grow(-int64(len(s.p.data)))
		s.p.data = nil
		return err
	}
	return fmt.Errorf("truncate to %d of %d: %w", size, len(s.p.data), errors.ErrUnsupported)
}

func (s *stage) Size() (int64, error) {
	if err := s.lock(); err != nil {
		return 0, err
	}
	defer s.p.mu.Unlock()
	return int64(len(s.p.data)), nil
}

func (s *stage) Sync(ctx context.Context) error {
	if err := s.lock(); err != nil {
		return err
	}
	s.p.mu.Unlock()
	return nil
}

func (s *stage) SetTimes(modTime time.Time) error {
	if err := s.lock(); err != nil {
		return err
	}
	defer s.p.mu.Unlock()
	s.p.time = modTime
	return nil
}

func (s *stage) SaveJournal(data []byte, sync bool) error {
	if err := s.lock(); err != nil {
		return err
	}
	defer s.p.mu.Unlock()
	s.p.journal, s.p.saved = slices.Clone(data), true
	return nil
}

func (s *stage) Journal() ([]byte, error) {
	if err := s.lock(); err != nil {
		return nil, err
	}
	defer s.p.mu.Unlock()
	if !s.p.saved {
		return nil, fs.ErrNotExist
	}
	return slices.Clone(s.p.journal), nil
}

// Publish puts the whole object.
func (s *stage) Publish(ctx context.Context, dir driver.Folder, base string, o driver.PublishOptions) (driver.Info, error) {
	if err := s.lock(); err != nil {
		return driver.Info{}, err
	}
	defer s.p.mu.Unlock()
	f, ok := dir.(*folder)
	if !ok || f.d.b != s.d.b {
		return driver.Info{}, driver.ErrOtherStorage
	}
	if err := f.checkNew(base); err != nil {
		return driver.Info{}, err
	}
	file, isDir := f.taken(base)
	switch {
	case o.NoReplace && (file || isDir):
		return driver.Info{}, fmt.Errorf("publish %q: %w", base, fs.ErrExist)
	case isDir:
		return driver.Info{}, fmt.Errorf("publish %q: %w", base, driver.ErrKind)
	}
	runtime.Gosched() // the gap between the look and the put
	undo, err := f.keep(base, o)
	if err != nil {
		return driver.Info{}, err
	}
	t := s.p.time
	if t.IsZero() {
		t = time.Now()
	}
	b := newBlob(s.p.data, t)
	size := int64(len(s.p.data))
	s.d.b.grow(-size) // the parts become the object
	if err = s.d.b.put(key(f.name, base), b); err != nil {
		s.d.b.mu.Lock()
		s.d.b.used += size
		s.d.b.mu.Unlock()
		undo()
		return driver.Info{}, err
	}
	s.drop()
	return b.info(base), nil
}

// keep copies what will be replaced.
func (f *folder) keep(base string, o driver.PublishOptions) (undo func(), err error) {
	none := func() {}
	if o.KeepIn == nil {
		return none, nil
	}
	k, ok := o.KeepIn.(*folder)
	if !ok || k.d.b != f.d.b {
		return nil, driver.ErrOtherStorage
	}
	if err = k.checkNew(o.KeepAs); err != nil {
		return nil, err
	}
	old := f.d.b.get(key(f.name, base))
	if old == nil {
		return none, nil
	}
	as := key(k.name, o.KeepAs)
	if f.d.b.get(as) != nil {
		return nil, fmt.Errorf("keep as %q: %w", o.KeepAs, fs.ErrExist)
	}
	return func() { f.d.b.delete(as) }, f.d.b.put(as, old)
}

// drop forgets the upload.
func (s *stage) drop() {
	s.done = true
	s.d.b.mu.Lock()
	defer s.d.b.mu.Unlock()
	delete(s.d.b.stages, s.d.instance+"/"+s.id)
}

func (s *stage) Discard() error {
	if err := s.lock(); err != nil {
		return err
	}
	defer s.p.mu.Unlock()
	s.drop()
	return s.d.b.grow(-int64(len(s.p.data)))
}

func (s *stage) Close() error {
	if s.done {
		return fs.ErrClosed
	}
	s.done = true
	s.d.b.mu.Lock()
	defer s.d.b.mu.Unlock()
	s.p.open = nil
	return nil
}
