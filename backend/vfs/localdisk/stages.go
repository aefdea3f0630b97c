package localdisk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"

	"portico/backend/vfs/driver"
)

// yard is a folder where stages of this instance lie.
type yard struct {
	in     dir
	prefix string // before the id
}

// OpenStage reopens a kept stage. driver.ErrAbsent when it is not found and a part of the volume
// where this instance staged is not connected; driver.ErrBusy when it is open.
func (d *Disk) OpenStage(ctx context.Context, id string) (driver.Stage, error) {
	if !validID(id, 128) {
		return nil, fault("open stage", id, driver.ErrName)
	}
	a, err := d.acquire()
	if err != nil {
		return nil, fault("open stage", id, err)
	}
	s, err := a.openStage(id)
	if err != nil {
		d.release(a)
		return nil, fault("open stage", id, err)
	}
	return s, nil
}

func (a *anchor) openStage(id string) (*stage, error) {
	yards, missing := a.yards()
	defer closeYards(yards)
	for _, y := range yards {
		f, err := y.in.open(y.prefix+id, os.O_RDWR)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err = holdStage(f); err != nil {
			f.Close()
			return nil, err
		}
		in, err := y.in.dup()
		if err != nil {
			f.Close()
			return nil, err
		}
		s := &stage{d: a.d, a: a, id: id, in: in, base: y.prefix + id, f: f, logs: true}
		_, s.seq, _ = readJournal(in, s.base)
		return s, nil
	}
	if missing {
		return nil, driver.ErrAbsent
	}
	return nil, fs.ErrNotExist
}

// Stages yields the ids of the stages that were left behind and are not open. Journals whose content
// is gone (published just before a crash) are removed on the way.
func (d *Disk) Stages(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		a, err := d.acquire()
		if err != nil {
			yield("", fault("list stages", ".", err))
			return
		}
		defer d.release(a)
		yards, _ := a.yards()
		defer closeYards(yards)
		for _, y := range yards {
			ids, err := y.sweep(ctx)
			if err != nil && !yield("", fault("list stages", ".", err)) {
				return
			}
			for _, id := range ids {
				if !yield(id, nil) {
					return
				}
			}
		}
	}
}

// sweep lists the ids in one yard.
func (y yard) sweep(ctx context.Context) (ids []string, err error) {
	l, err := y.in.list()
	if err != nil {
		return nil, err
	}
	defer l.Close()
	content, journals := map[string]bool{}, map[string]bool{}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		names, err := l.Readdirnames(batch)
		for _, n := range names {
			id, mine := strings.CutPrefix(n, y.prefix)
			if !mine {
				continue
			}
			if validID(id, 128) {
				content[id] = true
			} else if id, _, ok := strings.Cut(id, "."); ok {
				journals[id] = true
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	for id := range journals {
		if !content[id] {
			dropJournal(y.in, y.prefix+id)
		}
	}
	for id := range content {
		if y.free(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// free reports whether nobody has the stage open.
func (y yard) free(id string) bool {
	f, err := y.in.open(y.prefix+id, os.O_RDWR)
	if err != nil {
		return false
	}
	defer f.Close()
	return holdStage(f) == nil
}

// yards opens every folder where this instance may have left stages; missing: one of them is away.
func (a *anchor) yards() (all []yard, missing bool) {
	noted := a.d.noted(a)
	for _, top := range append([]string{"."}, noted.Places...) {
		in, m, err := a.openDir(top)
		if err != nil {
			missing = true
			continue
		}
		p := a.place(m.storage())
		if p == nil || p.top != top {
			p, err = a.openPlace(in, top, m.storage(), false)
		}
		in.close()
		if err == nil {
			in, err = p.stage.dup()
		}
		if err == nil {
			all = append(all, yard{in: in})
		} else if top != "." {
			missing = true
		}
	}
	for _, name := range noted.Beside {
		if in, _, err := a.openDir(name); err == nil {
			all = append(all, yard{in: in, prefix: a.d.beside()})
		}
	}
	return all, missing
}

func (a *anchor) openDir(name string) (dir, meta, error) {
	h, err := a.root.find(name, noLinks)
	if err != nil {
		return nil, meta{}, err
	}
	defer h.close()
	in, err := h.dir()
	return in, h.meta(), err
}

func closeYards(all []yard) {
	for _, y := range all {
		y.in.close()
	}
}
