package vfs

import (
	"context"
	"errors"
	"io/fs"
	"time"

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
	if !parents {
		return s.makeFolder(name, false)
	}
	return s.mkdirs(name, mostLevels)
}

// mostLevels is how many folders one request may make below what is there.
const mostLevels = 64

// mkdirs makes a folder and at most levels-1 above it, or nothing.
func (s *Session) mkdirs(name string, levels int) (Entry, error) {
	e, err := s.makeFolder(name, true)
	if missing(err) || errors.Is(err, ErrKind) {
		if levels == 1 {
			return Entry{}, &Error{Err: ErrName, Text: "At most 64 folders inside each other can be made at once, and this is deeper."}
		}
		dir, base := split(e.Path)
		above, aerr := s.mkdirs(dir, levels-1)
		switch {
		case errors.Is(aerr, fs.ErrExist):
			return Entry{}, ErrKind // what should be a folder on the way is something else
		case aerr != nil:
			return Entry{}, aerr
		}
		name = access.Join(above.Path, base) // perhaps beside what nobody may be told of
		e, err = s.makeFolder(name, true)
	}
	if err != nil {
		if there, serr := s.stat(name); serr == nil && there.IsFolder() {
			return there, nil // made by somebody else, or there before
		}
	}
	return e, err
}

// makeFolder makes one folder. Its Entry has the cleaned name also when it fails. Who may not be told
// that the name is taken gets a folder beside it; with way, the one that is there will do.
func (s *Session) makeFolder(name string, way bool) (Entry, error) {
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
	if t.obj == nil {
		return s.placeNew(t, t.base)
	}
	if s.claimOf(t).told() {
		return none, fs.ErrExist
	}
	if way && t.isFolder() {
		return t.folderNow(t.base, s.tree.now()), nil
	}
	base, err := s.freeBeside(t)
	if err != nil {
		return none, err
	}
	return s.placeNew(t, base)
}

// placeNew is the act of mkdir, under a name in a locked target's folder.
func (s *Session) placeNew(t *target, base string) (Entry, error) {
	op := s.op(VerbMkdir, &t.place)
	if err := s.admit(op); err != nil {
		return Entry{Path: t.name}, err
	}
	n := &note{
		Verb: VerbMkdir, Path: joinRelative(t.dir.rel, base), Fresh: true,
		Event:   s.event(event.Folder, access.Join(access.Parent(t.path), base)),
		Content: &store.Content{Folder: true, By: s.party(), Arrived: s.tree.now(), Announced: true},
	}
	err := s.tree.carry(s.ctx, t.vol, n, deed{
		act:  func(ctx context.Context) error { return translate(t.folder.Mkdir(ctx, base)) },
		seal: func(ctx context.Context) error { return s.tree.syncFolder(ctx, t.vol, t.dir.rel, t.folder) },
	})
	if s.released(op, err, 0); err != nil {
		return Entry{Path: t.name}, err
	}
	e := t.folderNow(base, s.tree.now())
	if obj, err := t.folder.Lookup(s.ctx, base, driver.WantInfo); err == nil {
		e.fill(obj.Info())
		obj.Close()
	}
	return e, nil
}

// folderNow shows a folder of which nothing is told but that it is there.
func (t *target) folderNow(base string, now time.Time) Entry {
	return Entry{Name: base, Path: access.Join(access.Parent(t.name), base), Kind: KindFolder, Rights: t.rights, ModTime: now}
}
