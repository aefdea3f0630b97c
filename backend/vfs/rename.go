package vfs

import (
	"context"
	"errors"
	"io/fs"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/vfs/driver"
)

// Rename moves a file or a whole folder to another name, in one step for everybody who looks where
// the storage can. e says what happens when the name is taken; a folder is never merged into another.
// It needs Move at from and Write at to, and Delete there to replace. Node, hash and history go along.
func (s *Session) Rename(from, to string, e OnExist) (Entry, error) {
	entry, err := s.rename(from, to, e)
	if err != nil {
		return Entry{}, problem(VerbRename, from, err)
	}
	return entry, nil
}

func (s *Session) rename(from, to string, e OnExist) (Entry, error) {
	p, err := s.pair(from, to, true)
	if err != nil {
		return Entry{}, err
	}
	defer p.close()
	if p.from.obj == nil {
		return Entry{}, fs.ErrNotExist
	}
	if err := s.mayTake(p.from, access.Move); err != nil {
		return Entry{}, err
	}
	if p.from.path == p.to.path {
		return s.entryOf(&p.from.place), nil
	}
	sum, err := s.renamable(p)
	if err != nil {
		return Entry{}, err
	}
	how, err := s.decidePair(p, e)
	if err != nil {
		return Entry{}, err
	}
	op := s.op(VerbRename, &p.from.place)
	op.To, op.Exists, op.Size = p.to.path, p.to.obj != nil, sum.Bytes
	if err := s.admit(op); err != nil {
		return Entry{}, err
	}
	move := s.moveWithin
	if p.from.vol != p.to.vol {
		move = s.moveAcross
	}
	entry, err := move(p, how, sum)
	s.released(op, err, sum.Bytes)
	return entry, err
}

// renamable checks both ends of a rename for what must not go along.
func (s *Session) renamable(p *pair) (survey, error) {
	var sum survey
	for _, path := range p.from.paths() {
		if at, _ := s.tree.policy.Load().At(path); at == path {
			return sum, &Error{Err: ErrBoundary, Text: "somebody was given rights to it", Held: path}
		}
	}
	if p.from.info.Kind != KindFolder {
		return survey{Files: 1, Bytes: p.from.info.Size}, nil
	}
	if access.Within(p.from.path, p.to.path) || access.Within(p.from.real, p.to.real) {
		return sum, &Error{Err: ErrBoundary, Text: "a folder cannot be moved into itself"}
	}
	for _, path := range p.from.paths() {
		if err := s.boundary(path, access.Move, true); err != nil {
			return sum, err
		}
	}
	for _, path := range p.to.paths() {
		if err := s.boundary(path, access.Write, true); err != nil {
			return sum, err
		}
	}
	if p.from.rights.Has(access.Dots) && p.from.vol == p.to.vol {
		return sum, nil // nothing is hidden and nothing needs counting: one step, however large
	}
	return s.surveyTarget(p.from, access.Move, true)
}

// moveWithin is the act of a rename inside one volume.
func (s *Session) moveWithin(p *pair, how how, sum survey) (Entry, error) {
	if how == replacing && (p.to.info.Kind == KindFolder || p.from.info.Kind == KindFolder) && p.from.key() != p.to.key() {
		if err := s.makeWay(p.to); err != nil {
			return Entry{}, err
		}
		how = asNew
	}
	base := p.to.base
	for n := s.tree.free.after(p.to.key()); ; n++ {
		if how == beside {
			base = besideName(p.to.base, n)
		}
		entry, err := s.atFreeName(p, base, how, func() (Entry, error) { return s.moveTo(p, base, how == replacing, sum) })
		if how == beside && errors.Is(err, fs.ErrExist) && n < mostBeside {
			continue
		}
		if errors.Is(err, errAcross) {
			return s.moveAcross(p, how, sum)
		}
		return entry, err
	}
}

// errAcross is inside: the two ends lie on different storages.
var errAcross = errors.New("across storages")

func (s *Session) moveTo(p *pair, base string, replace bool, sum survey) (Entry, error) {
	t := s.tree
	path := access.Join(access.Parent(p.to.path), base)
	n := &note{
		Verb: VerbRename, From: p.from.rel, Path: joinRelative(p.to.dir.rel, base), Replace: replace,
		Was: p.from.info.Version, Event: s.event(event.Renamed, path),
		Pieces: p.from.info.Kind == KindFolder && !p.from.vol.caps.RenameTree,
	}
	n.Event.From, n.Event.Size, n.Event.Count = p.from.path, sum.Bytes, sum.Files
	versioned := replace && p.to.vol.Versions && p.to.info.Kind == KindFile && p.to.info.Size > 0 && p.from.key() != p.to.key()
	if versioned {
		s.noteVersion(p.to, n)
	}
	var info driver.Info
	act := func(ctx context.Context) error {
		if versioned {
			if err := t.keepCopy(ctx, p.to, n); err != nil {
				return err
			}
		}
		if err := moveName(ctx, p.from.vol, p.from.folder, p.from.base, p.to.folder, base, !replace); err != nil {
			if acrossStorages(err) {
				return errAcross
			}
			return err
		}
		info = infoAt(ctx, p.to.folder, base)
		n.Now = info.Version
		return nil
	}
	seal := func(ctx context.Context) error { return t.syncFolders(ctx, p.from, p.to) }
	if err := t.carry(s.ctx, p.from.vol, n, deed{act: act, seal: seal}); err != nil {
		return Entry{}, err
	}
	t.dropLocks(p.from.path)
	if n.Kept != nil {
		t.trimVersions(p.to.vol, n.Path)
	}
	e := Entry{Name: base, Path: access.Join(access.Parent(p.to.name), base), Rights: p.to.rights}
	e.fill(info)
	return e, nil
}
