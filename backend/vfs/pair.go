package vfs

import (
	"context"
	"errors"
	"io/fs"

	"portico/backend/access"
	"portico/backend/vfs/driver"
)

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
	if s.mayReplace(p.to) {
		return replacing, nil
	}
	if e == ReplaceOrKeepBoth {
		return beside, nil
	}
	return 0, s.refusal(&p.to.place)
}

// atFreeName holds the name beside the target's own that is tried; fs.ErrExist when somebody else is
// about to take it.
func (s *Session) atFreeName(p *pair, base string, how how, do func() (Entry, error)) (Entry, error) {
	if how != beside {
		return do()
	}
	unlock := s.tree.names.try(nameKey(p.to.dir.real, base))
	if unlock == nil {
		return Entry{}, fs.ErrExist
	}
	defer unlock()
	return do()
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

// infoAt looks at a name that was just changed; zero when it is gone already.
func infoAt(ctx context.Context, dir driver.Folder, base string) driver.Info {
	obj, err := dir.Lookup(ctx, base, driver.WantNoFollow)
	if err != nil {
		return driver.Info{Name: base}
	}
	defer obj.Close()
	return obj.Info()
}
