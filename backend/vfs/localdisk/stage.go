package localdisk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"portico/backend/vfs/driver"
)

const (
	cheapSize = 1 << 20 // below that, space is not asked for in advance
	mostAhead = 1 << 30 // bytes that are asked for before the bytes themselves have come
)

// stage is one pending content: a file in the hidden place, or a hidden file beside its target.
type stage struct {
	d    *Disk
	a    *anchor // held, so that the place is not let go
	id   string
	in   dir    // where it lies
	base string // its name there
	f    *os.File
	seq  uint64 // of the last journal
	logs bool   // there may be journals to remove
	done bool
	like *fs.FileMode // permissions of what this is a copy of

	want     int64 // announced bytes, 0 when they are few or unknown
	reserved int64 // bytes that were asked for in advance
	came     int64 // bytes that were written
}

var _ driver.Stage = (*stage)(nil)

// Stage opens a place for new content of this folder.
func (f *folder) Stage(ctx context.Context, o driver.StageOptions) (driver.Stage, error) {
	if !validID(o.ID, 128) {
		return nil, fault("stage", o.ID, driver.ErrName)
	}
	a, err := f.d.acquire()
	if err != nil {
		return nil, fault("stage", o.ID, err)
	}
	s, err := f.stage(a, o.ID)
	if err != nil {
		f.d.release(a)
		return nil, fault("stage", o.ID, err)
	}
	if err = s.fill(ctx, o); err != nil {
		s.Discard()
		return nil, fault("stage", o.ID, err)
	}
	return s, nil
}

func (f *folder) stage(a *anchor, id string) (*stage, error) {
	s := &stage{d: f.d, a: a, id: id, base: id}
	err := a.inPlace(f, func(p *place) error { return s.make(p.stage) })
	if err == nil {
		return s, nil
	}
	if f.d.opts.ReadOnly || errors.Is(err, fs.ErrExist) || errors.Is(spoken(err), driver.ErrNoSpace) {
		return nil, err
	}
	// The top of the volume cannot be written, but this folder perhaps can.
	s.base = f.d.beside() + id
	if besideErr := s.make(f.dir); besideErr != nil {
		return nil, readOnly(fmt.Errorf("%w; beside the target: %w", err, besideErr))
	}
	f.d.log.Info("staging beside the target", "folder", f.where(a), "why", err)
	f.d.exclude(a.real, f.where(a))
	if err := f.d.note(a, noted{Beside: []string{f.where(a)}}); err != nil {
		f.d.log.Warn("cannot note a staging place", "folder", f.where(a), "err", err)
	}
	return s, nil
}

func (s *stage) make(in dir) (err error) {
	if s.in, err = in.dup(); err != nil {
		return err
	}
	if s.f, err = s.in.create(s.base); err != nil {
		s.in.close()
		return err
	}
	if err = holdStage(s.f); err != nil {
		s.f.Close()
		s.in.unlink(s.base)
		s.in.close()
		return err
	}
	return nil
}

// fill brings the content to start with, and refuses what cannot fit. An announcement takes no space:
// anybody can announce.
func (s *stage) fill(ctx context.Context, o driver.StageOptions) error {
	if o.Size > cheapSize {
		s.want = o.Size
		if free, total, err := usageOf(s.f); err == nil && total > 0 && o.Size > free {
			return driver.ErrNoSpace
		}
	}
	for _, of := range []driver.Object{o.Like, o.From} {
		if m, ok := of.(interface{ Mode() fs.FileMode }); ok {
			mode := m.Mode()
			s.like = &mode
		}
	}
	if o.From == nil {
		return nil
	}
	from, err := o.From.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	return copyContent(ctx, s.f, from)
}

func (s *stage) ID() string { return s.id }

func (s *stage) WriteAt(p []byte, off int64) (int, error) {
	if err := s.ahead(off + int64(len(p))); err != nil {
		return 0, fault("write", s.id, err)
	}
	n, err := s.f.WriteAt(p, off)
	s.came += int64(n)
	return n, fault("write", s.id, err)
}

// ahead asks for the space of the bytes that follow those up to end, so that they lie together: as
// much again as came, at most mostAhead and never more than was announced.
func (s *stage) ahead(end int64) error {
	if end <= s.reserved || s.reserved >= s.want || end > s.came+cheapSize {
		return nil
	}
	s.reserved = min(s.want, end+min(max(end, cheapSize), mostAhead))
	return reserve(s.f, s.reserved)
}

func (s *stage) ReadAt(p []byte, off int64) (int, error) { return s.f.ReadAt(p, off) }

func (s *stage) Truncate(size int64) error { return fault("truncate", s.id, s.f.Truncate(size)) }

func (s *stage) Size() (int64, error) {
	fi, err := s.f.Stat()
	if err != nil {
		return 0, fault("look at", s.id, err)
	}
	return fi.Size(), nil
}

func (s *stage) Sync(ctx context.Context) error { return fault("sync", s.id, s.f.Sync()) }

func (s *stage) SetTimes(modTime time.Time) error {
	return fault("set times", s.id, setTimes(s.f, s.in, s.base, modTime))
}

// Fd is the descriptor of the staged file, for callers that fill it by system calls.
func (s *stage) Fd() uintptr { return s.f.Fd() }

// Discard removes content and journal.
func (s *stage) Discard() error {
	if s.done {
		return fs.ErrClosed
	}
	err := s.in.unlink(s.base)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	s.dropJournal()
	return fault("discard", s.id, errors.Join(err, s.finish()))
}

// Close keeps content and journal for OpenStage.
func (s *stage) Close() error {
	if s.done {
		return fs.ErrClosed
	}
	var err error
	if s.reserved > 0 {
		err = s.trim() // it may wait for long
	}
	return fault("close", s.id, errors.Join(err, s.finish()))
}

func (s *stage) finish() error {
	s.done = true
	err := s.f.Close()
	s.in.close()
	s.d.release(s.a)
	return err
}
