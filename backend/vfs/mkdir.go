package vfs

import (
	"context"
	"io/fs"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// Mkdir makes a folder; with parents also those above it, and then a folder that is there already is
// no error. Each folder that was made is one event.
func (s *Session) Mkdir(name string, parents bool) (Entry, error) {
	e, err := s.mkdir(name, parents)
	if err != nil {
		return Entry{}, problem(VerbMkdir, name, err)
	}
	return e, nil
}

func (s *Session) mkdir(name string, parents bool) (Entry, error) {
	e, err := s.makeFolder(name)
	if !parents {
		return e, err
	}
	switch {
	case missing(err):
		if _, err = s.mkdir(access.Parent(e.Path), true); err != nil {
			return Entry{}, err
		}
		e, err = s.makeFolder(name)
	}
	if err != nil {
		if there, serr := s.stat(name); serr == nil && there.IsFolder() {
			return there, nil // made by somebody else, or there before
		}
	}
	return e, err
}

// makeFolder makes one folder. Its Entry has the cleaned name also when it fails.
func (s *Session) makeFolder(name string) (Entry, error) {
	p, err := s.locate(name)
	none := Entry{Path: p.name}
	if err != nil {
		return none, err
	}
	if p.name == "/" || p.vol != nil && p.rel == "." {
		return none, fs.ErrExist
	}
	if p.vol == nil {
		return none, fs.ErrPermission
	}
	if err := s.tree.enter(s.ctx, p.vol); err != nil {
		return none, err
	}
	p.vol.shape.RLock()
	defer p.vol.shape.RUnlock()
	t, err := s.writable(name)
	if err != nil {
		return none, err
	}
	defer t.close()
	defer s.tree.names.lock(t.key())()
	if err := s.relook(t); err != nil {
		return none, err
	}
	if t.obj != nil {
		return none, fs.ErrExist
	}
	op := s.op(VerbMkdir, &t.place)
	if err := s.admit(op); err != nil {
		return none, err
	}
	n := &note{
		Verb: VerbMkdir, Path: t.rel, Fresh: true, Event: s.event(event.Folder, t.path),
		Content: &store.Content{Folder: true, By: s.party(), Arrived: s.tree.now(), Announced: true},
	}
	err = s.tree.carry(s.ctx, t.vol, n, deed{
		act:  func(ctx context.Context) error { return translate(t.folder.Mkdir(ctx, t.base)) },
		seal: func(ctx context.Context) error { return s.tree.syncFolder(ctx, t.vol, t.dir.rel, t.folder) },
	})
	if s.released(op, err, 0); err != nil {
		return none, err
	}
	e := Entry{Name: t.base, Path: t.name, Kind: KindFolder, Rights: t.rights, ModTime: s.tree.now()}
	if obj, err := t.folder.Lookup(s.ctx, t.base, driver.WantInfo); err == nil {
		e.fill(obj.Info())
		obj.Close()
	}
	return e, nil
}
