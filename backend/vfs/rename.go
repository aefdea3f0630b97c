package vfs

import (
	"context"
	"errors"
	"io/fs"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
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

// pair is the two ends of a rename or copy.
type pair struct {
	from, to *target
	unlock   []func()
}

func (p *pair) close() {
	for i := len(p.unlock) - 1; i >= 0; i-- {
		p.unlock[i]()
	}
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

// pair resolves and locks both ends. moves: the first one will go.
func (s *Session) pair(from, to string, moves bool) (_ *pair, err error) {
	p := &pair{}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	a, err := s.locate(from)
	if err != nil {
		return nil, err
	}
	b, err := s.locate(to)
	if err != nil {
		return nil, err
	}
	if a.vol == nil || b.vol == nil {
		return nil, fs.ErrPermission
	}
	if err = errors.Join(s.tree.enter(s.ctx, a.vol), s.tree.enter(s.ctx, b.vol)); err != nil {
		return nil, err
	}
	p.unlock = append(p.unlock, s.lockShapes(&a, &b, moves))
	if p.from, err = s.end(p, from); err != nil {
		return nil, err
	}
	if p.to, err = s.end(p, to); err != nil {
		return nil, err
	}
	if moves && p.from.vol.ReadOnly || p.to.vol.ReadOnly {
		return nil, ErrReadOnly
	}
	p.unlock = append(p.unlock, s.tree.names.lock(p.from.key(), p.to.key()))
	if err = s.relook(p.from); err != nil {
		return nil, err
	}
	if err = s.relook(p.to); err != nil {
		return nil, err
	}
	if p.to.obj == nil {
		err = newName(p.to.base)
	}
	return p, err
}

func (s *Session) end(p *pair, name string) (*target, error) {
	t, err := s.resolveTarget(name)
	if err == nil && t.mounted {
		err = &Error{Err: ErrBoundary, Text: "a volume is mounted there", Held: t.vol.Name}
	}
	if err != nil {
		return nil, err
	}
	p.unlock = append(p.unlock, t.close)
	return t, nil
}

// lockShapes holds the shape of both volumes, in an order that cannot deadlock.
func (s *Session) lockShapes(a, b *place, moves bool) (unlock func()) {
	if a.vol == b.vol {
		if moves {
			a.vol.shape.Lock()
			return a.vol.shape.Unlock
		}
		a.vol.shape.RLock()
		return a.vol.shape.RUnlock
	}
	first, second := a.vol, b.vol
	if first.Path > second.Path {
		first, second = second, first
	}
	first.shape.Lock()
	second.shape.Lock()
	return func() {
		second.shape.Unlock()
		first.shape.Unlock()
	}
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

// decidePair judges what happens at the target name of a rename or copy.
func (s *Session) decidePair(p *pair, e OnExist) (how, error) {
	if err := s.need(&p.to.place, access.Write); err != nil {
		return 0, err
	}
	if p.to.obj == nil || p.from.vol == p.to.vol && p.from.rel == p.to.rel {
		return asNew, nil
	}
	if p.from.vol == p.to.vol && p.from.key() == p.to.key() && p.from.info.Version == p.to.info.Version {
		return replacing, nil // only the spelling changes, on a disk that folds case
	}
	switch e {
	case Refuse:
		return 0, fs.ErrExist
	case KeepBoth:
		return beside, nil
	}
	if access.Within(p.to.path, p.from.path) || access.Within(p.to.real, p.from.real) {
		return 0, &Error{Err: ErrBoundary, Text: "what would be replaced holds what shall come"}
	}
	if p.to.rights.Has(access.Write|access.Delete) || s.recentlyMine(&p.to.place) {
		return replacing, nil
	}
	if e == ReplaceOrKeepBoth {
		return beside, nil
	}
	return 0, s.refusal(&p.to.place)
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
		entry, err := s.moveTo(p, base, how == replacing, sum)
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

// infoAt looks at a name that was just changed; zero when it is gone already.
func infoAt(ctx context.Context, dir driver.Folder, base string) driver.Info {
	obj, err := dir.Lookup(ctx, base, driver.WantNoFollow)
	if err != nil {
		return driver.Info{Name: base}
	}
	defer obj.Close()
	return obj.Info()
}

// syncFolders makes both names of a rename durable.
func (t *Tree) syncFolders(ctx context.Context, from, to *target) error {
	err := t.syncFolder(ctx, to.vol, to.dir.rel, to.folder)
	if from.dir.rel != to.dir.rel {
		if ferr := t.syncFolder(ctx, from.vol, from.dir.rel, from.folder); err == nil {
			err = ferr
		}
	}
	return err
}

// makeWay removes what a folder is moved or copied over, as Remove would.
func (s *Session) makeWay(t *target) error {
	sum, err := s.surveyTarget(t, access.Delete, false)
	if err != nil {
		return err
	}
	if _, err := s.takeAway(t, sum); err != nil {
		return err
	}
	return s.relook(t)
}

// moveAcross moves between volumes or storages: a copy that appears in one step, and then what was
// copied goes. It is one event.
func (s *Session) moveAcross(p *pair, how how, sum survey) (Entry, error) {
	if !s.mayRead(p.from) {
		return Entry{}, s.unreadable(&p.from.place)
	}
	if sum.Files == 0 && sum.Folders == 0 {
		var err error
		if sum, err = s.surveyTarget(p.from, access.Move, true); err != nil {
			return Entry{}, err
		}
	}
	if sum.odd != "" || p.from.info.Kind == KindLink {
		return Entry{}, &Error{Err: ErrBoundary, Text: "links cannot be moved to another storage"}
	}
	return s.copyTo(p, how, event.Renamed)
}

// leaving notes, for a move that is a copy, what is left to do at its source.
func (s *Session) leaving(p *pair, n *note, kind event.Kind, sum survey) {
	if kind != event.Renamed {
		return
	}
	n.From, n.FromVolume = p.from.rel, p.from.vol.Name
	n.Then = &note{Verb: verbLeave, Path: p.from.rel, Near: p.from.dir.rel, Was: p.from.info.Version, Silent: true}
	if p.from.info.Kind == KindFolder {
		n.Then.Attic, n.Then.Kind = newID(), store.AtticPurge
		n.Then.Kept = s.kept(p.from, store.AtticPurge, n.Then.Attic, sum)
	}
}

// leave takes the source of a move that was a copy away. Should that fail it is done at the next
// start: the move is recorded.
func (t *Tree) leave(ctx context.Context, from *target, n *note) {
	if n.Then == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	err := t.leaveBy(ctx, from.vol, from.folder, from.base, n.Then)
	if err == nil {
		err = t.syncFolder(ctx, from.vol, from.dir.rel, from.folder)
	}
	if err == nil {
		err = t.settle(ctx, from.vol, n.then, n.Then)
	}
	if err != nil {
		t.log.Error("what was moved to another volume could not be removed here", "volume", from.vol.Name, "err", err)
	}
	t.dropLocks(from.path)
	t.purgeSoon(from.vol)
}

// leaveBy is the act of verbLeave: a file goes, a folder goes where it is purged.
func (t *Tree) leaveBy(ctx context.Context, v *volume, dir driver.Folder, base string, n *note) error {
	if n.Attic == "" {
		return translate(dir.Remove(ctx, base))
	}
	_, err := moveToAttic(ctx, v, dir, base, n.Attic)
	return err
}
