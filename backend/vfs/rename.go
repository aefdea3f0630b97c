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
	entry, err := s.renameWithin(from, to, e)
	if errors.Is(err, errAcross) {
		entry, err = s.replicate(from, to, e, event.Renamed)
	}
	if err != nil {
		return Entry{}, problem(VerbRename, from, err)
	}
	return entry, nil
}

// errAcross is inside: the two ends lie on different storages.
var errAcross = errors.New("across storages")

// renameWithin renames inside one storage.
func (s *Session) renameWithin(from, to string, e OnExist) (Entry, error) {
	s.unseenAhead(from)
	p, err := s.pair(from, to, moving)
	if err != nil {
		return Entry{}, err
	}
	defer p.close()
	switch {
	case p.from.obj == nil:
		return Entry{}, fs.ErrNotExist
	case p.from.vol != p.to.vol:
		return Entry{}, errAcross
	}
	if err := s.claimOf(p.from).take(access.Move); err != nil {
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
	if how == replacing && !sharesStorage(p.from.folder, p.to.folder) {
		return Entry{}, errAcross // known before anything makes way
	}
	op := s.pairOp(VerbRename, p, sum.Bytes)
	if err := s.admit(op); err != nil {
		return Entry{}, err
	}
	entry, err := s.atName(p, how, func(base string, replace bool) (Entry, error) { return s.moveTo(p, base, replace, sum) })
	s.released(op, err, sum.Bytes)
	return entry, err
}

// sharesStorage reports whether a name can be moved between two folders in one step, as far as their
// driver can tell without trying.
func sharesStorage(from, to driver.Folder) bool {
	f, ok := from.(interface{ SharesStorage(driver.Folder) bool })
	return !ok || f.SharesStorage(to)
}

// pairOp describes a rename or copy to the guards.
func (s *Session) pairOp(verb Verb, p *pair, size int64) *Op {
	op := s.op(verb, &p.from.place)
	op.To, op.Exists, op.Size = p.to.path, p.to.obj != nil, size
	return op
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
	if !p.respells() && (access.Within(p.from.path, p.to.path) || access.Within(p.from.real, p.to.real)) {
		return sum, &Error{Err: ErrBoundary, Text: "a folder cannot be moved into itself"}
	}
	for _, path := range p.to.paths() {
		if err := s.boundary(path, access.Write, true); err != nil {
			return sum, err
		}
	}
	for _, path := range p.from.paths() {
		if err := s.boundary(path, access.Move, true); err != nil {
			return sum, err
		}
	}
	return sum, s.unseenIn(p.from) // nothing needs counting: one step, however large
}

// moveTo is the act of a rename: one call of the driver.
func (s *Session) moveTo(p *pair, base string, replace bool, sum survey) (Entry, error) {
	t := s.tree
	n := &note{
		Verb: VerbRename, From: p.from.rel, Path: joinRelative(p.to.dir.rel, base), Replace: replace,
		Was: p.from.info.Version, Event: s.event(event.Renamed, access.Join(access.Parent(p.to.path), base)),
		Pieces: p.from.isFolder() && !p.from.vol.caps.RenameTree,
	}
	n.Event.From, n.Event.Size, n.Event.Count = p.from.path, sum.Bytes, sum.Files
	versioned := replace && p.to.vol.Versions && p.to.info.Kind == KindFile && p.to.info.Size > 0 && !p.respells()
	if versioned {
		s.noteVersion(p.to, n)
	}
	var info driver.Info
	err := t.carry(s.ctx, p.from.vol, n, t.clearing(p.way, n, deed{
		act: func(ctx context.Context) error {
			if versioned {
				if err := t.keepCopy(ctx, p.to, n); err != nil {
					return err
				}
			}
			err := moveName(ctx, p.from.vol, p.from.folder, p.from.base, p.to.folder, base, !replace)
			if errors.Is(err, driver.ErrOtherStorage) {
				return errAcross
			}
			if err == nil {
				info = infoAt(ctx, p.to.folder, base)
				n.Now = info.Version
			}
			return err
		},
		seal: func(ctx context.Context) error { return t.syncFolders(ctx, p.from, p.to) },
	}))
	if err != nil {
		return Entry{}, err
	}
	t.cleared(p.way)
	t.dropLocks(p.from.path)
	t.takeWaiting(p.from, joinRel(p.to.vol.Path, n.Path))
	t.dotless.moved(p.from.info, info)
	if n.Kept != nil {
		t.trimVersions(p.to.vol, n.Event.Node)
	}
	return p.to.entryAt(base, info), nil
}
