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
	way      *way // what is in the way at to, once that is known
	unlock   []func()
}

func (p *pair) close() {
	for i := len(p.unlock) - 1; i >= 0; i-- {
		p.unlock[i]()
	}
}

// hold says what is locked while a pair is open.
type hold uint8

const (
	looking hold = iota // nothing: while a copy is built
	sharing             // both names, and a folder that will be replaced
	moving              // that, and a folder that will go
)

// pair resolves both ends and locks what h says.
func (s *Session) pair(from, to string, h hold) (_ *pair, err error) {
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
	var alone shapes
	if h != looking {
		if err = errors.Join(s.tree.enter(s.ctx, a.vol), s.tree.enter(s.ctx, b.vol)); err != nil {
			return nil, err
		}
		alone = shapes{from: h == moving && s.isFolder(&a), to: s.isFolder(&b)}
		p.unlock = append(p.unlock, lockShapes(a.vol, b.vol, alone))
	}
	if p.from, err = s.end(p, from); err != nil {
		return nil, err
	}
	if p.to, err = s.end(p, to); err != nil {
		return nil, err
	}
	if h == moving && p.from.vol.ReadOnly || p.to.vol.ReadOnly {
		return nil, ErrReadOnly
	}
	if h != looking {
		p.unlock = append(p.unlock, s.tree.names.lock(p.from.key(), p.to.key()))
		if err = errors.Join(s.relook(p.from), s.relook(p.to)); err != nil {
			return nil, err
		}
		if h == moving && p.from.isFolder() && !alone.from || p.to.isFolder() && !alone.to {
			return nil, ErrBusy // it became a folder a moment ago
		}
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

// shapes says which ends hold the shape of their volume alone.
type shapes struct{ from, to bool }

// lockShapes holds the shape of both volumes, in an order that cannot deadlock.
func lockShapes(a, b *volume, alone shapes) (unlock func()) {
	if a == b {
		return a.lockShape(alone.from || alone.to)
	}
	if a.Path > b.Path {
		a, b, alone = b, a, shapes{alone.to, alone.from}
	}
	first := a.lockShape(alone.from)
	second := b.lockShape(alone.to)
	return func() {
		second()
		first()
	}
}

// lockShape holds a volume's shape: alone where a folder goes or moves, which takes others along.
func (v *volume) lockShape(alone bool) (unlock func()) {
	if alone {
		v.shape.Lock()
		return v.shape.Unlock
	}
	v.shape.RLock()
	return v.shape.RUnlock
}

// isFolder looks whether a folder is at a place, before its volume's shape is locked.
func (s *Session) isFolder(p *place) bool {
	obj, err := p.vol.Driver.Lookup(s.ctx, p.rel, driver.WantNoFollow)
	if err != nil {
		return false
	}
	defer obj.Close()
	return obj.Info().Kind == KindFolder
}

func (t *target) isFolder() bool { return t.obj != nil && t.info.Kind == KindFolder }

// decidePair judges what happens at the target name of a rename or copy.
func (s *Session) decidePair(p *pair, e OnExist) (how, error) {
	if err := s.need(&p.to.place, access.Write); err != nil {
		return 0, err
	}
	if p.from.path == p.to.path && e == KeepBoth {
		return beside, nil
	}
	if p.to.obj == nil || p.from.vol == p.to.vol && p.from.rel == p.to.rel {
		return asNew, nil
	}
	if p.respells() {
		return replacing, nil
	}
	how, err := s.claimOf(p.to).onto(e)
	if how == replacing && (access.Within(p.to.path, p.from.path) || access.Within(p.to.real, p.from.real)) {
		return 0, &Error{Err: ErrBoundary, Text: "what would be replaced holds what shall come"}
	}
	return how, err
}

// respells reports whether a rename changes only the spelling, on a disk that holds both for one name.
func (p *pair) respells() bool {
	return p.from.vol == p.to.vol && p.from.key() == p.to.key() && p.from.info.Version == p.to.info.Version
}

// atName does something under the name that how asks for: the target's own, once what is in the way
// has gone, or a free one beside it.
func (s *Session) atName(p *pair, how how, do func(base string, replace bool) (Entry, error)) (Entry, error) {
	if how == replacing && (p.to.isFolder() || p.from.isFolder()) && !p.respells() {
		var err error
		if p.way, err = s.makeWay(p.to); err != nil {
			return Entry{}, err
		}
		how = asNew
	}
	if how != beside {
		return do(p.to.base, how == replacing)
	}
	for n := s.tree.free.after(p.to.key()); ; n++ {
		base := besideName(p.to.base, n)
		entry, err := Entry{}, fs.ErrExist
		if unlock := s.tree.names.try(nameKey(p.to.dir.real, base)); unlock != nil {
			entry, err = do(base, false)
			unlock()
		}
		if err == nil {
			s.tree.free.took(p.to.key(), n)
		}
		if !errors.Is(err, fs.ErrExist) || n >= mostBeside {
			return entry, err
		}
	}
}

// syncFolders makes both names of a rename durable.
func (t *Tree) syncFolders(ctx context.Context, from, to *target) error {
	err := t.syncFolder(ctx, to.vol, to.dir.rel, to.folder)
	if from.dir.rel != to.dir.rel {
		err = errors.Join(err, t.syncFolder(ctx, from.vol, from.dir.rel, from.folder))
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

// entryAt shows what is now at a name beside or instead of a target's.
func (t *target) entryAt(base string, info driver.Info) Entry {
	e := Entry{Name: base, Path: access.Join(access.Parent(t.name), base), Rights: t.rights}
	e.fill(info)
	return e
}
