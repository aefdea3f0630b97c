package vfs

import (
	"errors"
	"io/fs"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/vfs/driver"
)

// Copy copies a file, or a folder with everything in it that the identity may read. The copy appears
// in one step when it is complete, and is one event. e says what happens when the name is taken; a
// folder is never merged into another. It needs Read at from and Write at to, and Delete there to
// replace.
func (s *Session) Copy(from, to string, e OnExist) (Entry, error) {
	entry, err := s.copy(from, to, e)
	if err != nil {
		return Entry{}, problem(VerbCopy, from, err)
	}
	return entry, nil
}

func (s *Session) copy(from, to string, e OnExist) (Entry, error) {
	p, err := s.pair(from, to, false)
	if err != nil {
		return Entry{}, err
	}
	defer p.close()
	if p.from.obj == nil {
		return Entry{}, fs.ErrNotExist
	}
	if !s.mayRead(p.from) {
		return Entry{}, s.unreadable(&p.from.place)
	}
	if p.from.path == p.to.path && e != KeepBoth {
		return s.entryOf(&p.from.place), nil
	}
	how, err := s.decidePair(p, e)
	if err != nil {
		return Entry{}, err
	}
	if p.from.path == p.to.path {
		how = beside
	}
	sum := survey{Files: 1, Bytes: p.from.info.Size}
	if p.from.info.Kind == KindFolder {
		if access.Within(p.from.path, p.to.path) && p.from.path != p.to.path || access.Within(p.from.real, p.to.real) && p.from.real != p.to.real {
			return Entry{}, &Error{Err: ErrBoundary, Text: "a folder cannot be copied into itself"}
		}
		if err := s.boundary(p.to.path, access.Write, true); err != nil {
			return Entry{}, err
		}
		sum = survey{}
	}
	op := s.op(VerbCopy, &p.from.place)
	op.To, op.Exists, op.Size = p.to.path, p.to.obj != nil, sum.Bytes
	if err := s.admit(op); err != nil {
		return Entry{}, err
	}
	entry, err := s.copyTo(p, how, event.Copied)
	s.released(op, err, sum.Bytes)
	return entry, err
}

// copyTo copies under the target's name or beside it; for a move, kind is event.Renamed and the source
// goes afterwards.
func (s *Session) copyTo(p *pair, how how, kind event.Kind) (Entry, error) {
	if how == replacing && (p.to.info.Kind == KindFolder || p.from.info.Kind == KindFolder) {
		if err := s.makeWay(p.to); err != nil {
			return Entry{}, err
		}
		how = asNew
	}
	one := s.copyFile
	if p.from.info.Kind == KindFolder {
		one = s.copyFolder
	}
	base := p.to.base
	for n := s.tree.free.after(p.to.key()); ; n++ {
		if how == beside {
			base = besideName(p.to.base, n)
		}
		entry, err := s.atFreeName(p, base, how, func() (Entry, error) { return one(p, base, how == replacing, kind) })
		if how == beside && errors.Is(err, fs.ErrExist) && n < mostBeside {
			continue
		}
		return entry, err
	}
}

func copied(p *pair, base string, info driver.Info) Entry {
	e := Entry{Name: base, Path: access.Join(access.Parent(p.to.name), base), Rights: p.to.rights}
	e.fill(info)
	return e
}
