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

// Removed is what Remove took away.
type Removed struct {
	Files, Folders, Bytes int64
	Trash                 string // id for Restore; "" where the volume keeps no trash
}

// Remove takes a file or a whole folder away, at once for everybody who looks; what a volume does not
// keep in its trash is purged in the background. A link goes itself, not what it leads to.
func (s *Session) Remove(name string) (Removed, error) {
	r, err := s.remove(name, nil)
	if err != nil {
		return Removed{}, problem(VerbRemove, name, err)
	}
	return r, nil
}

// remove takes away what is there, or only if it is still what the caller means by it.
func (s *Session) remove(name string, still func(*target) error) (Removed, error) {
	if still == nil {
		if r, ok := s.removePending(name); ok {
			return r, nil
		}
	}
	sum, err := s.surveyAhead(name)
	if err != nil {
		return Removed{}, err
	}
	t, unlock, err := s.change(name)
	if err != nil {
		return Removed{}, err
	}
	defer unlock()
	if t.obj == nil {
		return Removed{}, fs.ErrNotExist
	}
	if err := s.claimOf(t).take(access.Delete); err != nil {
		return Removed{}, err
	}
	if still != nil {
		if err := still(t); err != nil {
			return Removed{}, err
		}
	}
	if !t.isFolder() {
		sum, err = s.countTarget(t)
	} else {
		err = s.boundaries(t, access.Delete, false)
	}
	if err != nil {
		return Removed{}, err
	}
	op := s.op(VerbRemove, &t.place)
	op.Size = sum.Bytes
	if err := s.admit(op); err != nil {
		return Removed{}, err
	}
	r, err := s.takeAway(t, sum)
	s.released(op, err, sum.Bytes)
	return r, err
}

// change resolves a name that is going to move or go, and locks it: a folder against everything that
// happens below it, a file against everything that happens to its name.
func (s *Session) change(name string) (t *target, unlock func(), err error) {
	at, err := s.locate(name)
	if err != nil {
		return nil, nil, err
	}
	if at.vol == nil {
		if at.virtual || len(s.tree.mounts.Load().below(at.path)) > 0 || at.path == "/" {
			return nil, nil, fs.ErrPermission
		}
		return nil, nil, fs.ErrNotExist
	}
	if err := s.tree.enter(s.ctx, at.vol); err != nil {
		return nil, nil, err
	}
	alone := s.isFolder(&at)
	shape := at.vol.lockShape(alone)
	t, err = s.resolveTarget(name)
	switch {
	case err != nil:
	case t.mounted:
		err = &Error{Err: ErrBoundary, Text: "a volume is mounted there", Held: t.vol.Name}
	case t.vol.ReadOnly:
		err = ErrReadOnly
	case t.isFolder() && !alone:
		err = ErrBusy // it became a folder a moment ago
	}
	if err != nil {
		if t != nil {
			t.close()
		}
		shape()
		return nil, nil, err
	}
	names := s.tree.names.lock(t.key())
	unlock = func() {
		names()
		t.close()
		shape()
	}
	if err := s.relook(t); err != nil {
		unlock()
		return nil, nil, err
	}
	return t, unlock, nil
}

// surveyAhead counts a folder that is going to be removed, before anything is locked for that.
func (s *Session) surveyAhead(name string) (sum survey, err error) {
	t, err := s.resolveTarget(name)
	if err != nil || t.mounted {
		return sum, nil // change says what is wrong
	}
	defer t.close()
	if !t.isFolder() || s.claimOf(t).take(access.Delete) != nil {
		return sum, nil
	}
	return s.surveyTarget(t, access.Delete, false)
}

// surveyTarget counts what a target holds and checks every boundary inside.
func (s *Session) surveyTarget(t *target, need access.Right, moves bool) (survey, error) {
	if err := s.boundaries(t, need, moves); err != nil {
		return survey{}, err
	}
	sum, err := s.countTarget(t)
	if err == nil && sum.hidden != "" {
		err = &Error{Err: ErrBoundary, Text: "it holds names that you may not see"}
	}
	return sum, err
}

// boundaries checks a folder's under both its names.
func (s *Session) boundaries(t *target, need access.Right, moves bool) error {
	if !t.isFolder() {
		return nil
	}
	for _, path := range t.paths() {
		if err := s.boundary(path, need, moves); err != nil {
			return err
		}
	}
	return nil
}

// countTarget counts what a target holds.
func (s *Session) countTarget(t *target) (sum survey, err error) {
	sum.mark("", t.info)
	if !t.isFolder() {
		sum.Files = 1
		if t.info.Kind == KindFile {
			sum.Bytes = t.info.Size
		}
		return sum, nil
	}
	sum.Folders = 1
	err = inFolder(s.ctx, t.folder, t.base, func(dir driver.Folder) error {
		return sum.count(s.ctx, dir, "", t.rights.Has(access.Dots))
	})
	return sum, err
}

// paths are the tree paths under which a target is known.
func (t *target) paths() []string {
	if t.real == t.path {
		return []string{t.path}
	}
	return []string{t.path, t.real}
}

// takeAway is the act of remove: one rename into the trash, or the removal of one name.
func (s *Session) takeAway(t *target, sum survey) (Removed, error) {
	r := Removed{Files: sum.Files, Folders: sum.Folders, Bytes: sum.Bytes}
	n, act := s.removal(t, sum, false)
	if n.Kind == store.AtticTrash {
		r.Trash = n.Attic
	}
	seal := func(ctx context.Context) error {
		return errors.Join(sealTrash(ctx, t.folder, r.Trash != ""), s.tree.syncFolder(ctx, t.vol, t.dir.rel, t.folder))
	}
	err := s.tree.carry(s.ctx, t.vol, n, deed{act: act, seal: seal})
	if err != nil {
		return Removed{}, err
	}
	s.tree.gone(t, n)
	return r, nil
}

// removal says how a name goes: by itself, or into the attic where it is kept, where it is a folder, and
// with hold, so that it can come back.
func (s *Session) removal(t *target, sum survey, hold bool) (n *note, act func(context.Context) error) {
	n = &note{
		Verb: VerbRemove, Path: t.rel, Near: t.dir.rel, Was: t.info.Version, Event: s.event(event.Removed, t.path),
	}
	n.Event.Size, n.Event.Count = sum.Bytes, sum.Files
	known, ok := s.tree.contentAt(s.ctx, t.vol, t.rel)
	n.Silent = ok && !known.Announced && t.info.Kind == KindFile && t.info.Size == 0
	folder := t.info.Kind == KindFolder
	trash := t.vol.Trash && !n.Silent
	if !trash && !folder && !hold {
		return n, func(ctx context.Context) error { return translate(t.folder.Remove(ctx, t.base)) }
	}
	n.Attic, n.Kind, n.Pieces = newID(), store.AtticPurge, folder && !t.vol.caps.RenameTree
	if trash {
		n.Kind = store.AtticTrash
	}
	n.Kept = s.kept(t, n.Kind, n.Attic, sum)
	if ok && known.Version == t.info.Version {
		n.Kept.SHA256, n.Kept.CRC32 = known.SHA256, known.CRC32
	}
	return n, func(ctx context.Context) (err error) {
		n.Now, err = moveToAttic(ctx, t.vol, t.folder, t.base, n.Attic)
		return err
	}
}

// kept is the row of what a session puts into an attic.
func (s *Session) kept(t *target, kind, id string, sum survey) *store.Kept {
	return &store.Kept{
		ID: id, Kind: kind, Volume: t.vol.Name, Path: t.rel, Near: t.dir.rel, Folder: t.info.Kind == KindFolder,
		Size: sum.Bytes, Files: sum.Files, Folders: sum.Folders, By: s.party(), At: s.tree.now(),
	}
}

// moveToAttic moves a name into the trash of its storage and returns its version there.
func moveToAttic(ctx context.Context, v *volume, dir driver.Folder, base, id string) (version string, err error) {
	attic, err := dir.Attic(ctx, store.AtticTrash)
	if err != nil {
		return "", translate(err)
	}
	defer attic.Close()
	if err := moveName(ctx, v, dir, base, attic, id, true); err != nil {
		return "", err
	}
	return infoAt(ctx, attic, id).Version, nil
}

// sealTrash makes what was put into the trash durable there, before it is gone from where it was.
func sealTrash(ctx context.Context, dir driver.Folder, kept bool) error {
	if !kept {
		return nil
	}
	attic, err := dir.Attic(ctx, store.AtticTrash)
	if err != nil {
		return translate(err)
	}
	defer attic.Close()
	return translate(attic.Sync(ctx))
}

// removePending lets the identity of an unfinished write that nobody else sees take it back.
func (s *Session) removePending(name string) (Removed, bool) {
	u, at := s.ownPending(name)
	if u == nil {
		return Removed{}, false
	}
	if p, err := s.resolve(at, driver.WantInfo); err == nil {
		p.close()
		return Removed{}, false // there is something visible too: that is meant
	}
	u.io.Lock()
	defer u.io.Unlock()
	if u.stage == nil {
		stage, err := u.vol.Driver.OpenStage(s.ctx, u.id)
		if err != nil {
			return Removed{}, false
		}
		u.stage = stage
	}
	size := u.length()
	if err := u.discard(s.ctx); err != nil {
		return Removed{}, false
	}
	return Removed{Files: 1, Bytes: size}, true
}
