package vfs

import (
	"context"
	"io/fs"
	"slices"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// Trashed is one removed thing, or one earlier content of a name.
type Trashed struct {
	ID      string
	Path    string // where it was, in this session's tree
	Folder  bool
	Size    int64 // bytes in all
	Files   int64
	Folders int64
	SHA256  string // of a file, where known
	By      string // who removed or replaced it
	At      time.Time
}

const trashListed = 1000

// Trash lists what was removed at or below name and can be restored, the newest first. It shows what
// the identity could remove there, and what it removed itself.
func (s *Session) Trash(name string) ([]Trashed, error) {
	p, err := s.locate(name)
	if err != nil {
		return nil, problem(VerbList, name, err)
	}
	var out []Trashed
	for _, v := range s.tree.mounts.Load().all() {
		if !access.Within(p.path, v.Path) && !access.Within(v.Path, p.path) {
			continue
		}
		var list []store.Kept
		err := s.tree.store.Read(s.ctx, func(tx *store.Tx) (err error) {
			list, err = tx.KeptLast(v.Name, store.AtticTrash, trashListed)
			return err
		})
		if err != nil {
			return nil, problem(VerbList, name, err)
		}
		for _, k := range list {
			if e, ok := s.trashed(v, k); ok && access.Within(p.path, joinRel(v.Path, k.Path)) {
				out = append(out, e)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Trashed) int { return b.At.Compare(a.At) })
	return out, nil
}

// Versions lists the earlier contents of a name, the newest first, for whoever may read and replace it.
func (s *Session) Versions(name string) ([]Trashed, error) {
	p, err := s.locate(name)
	if err == nil && p.vol == nil {
		err = fs.ErrNotExist
	}
	if err == nil && !s.tree.policy.Load().Rights(s.id, p.path).Has(access.Read) {
		err = s.refusal(&p)
	}
	var list []store.Kept
	if err == nil {
		err = s.tree.store.Read(s.ctx, func(tx *store.Tx) error {
			node, err := tx.Node(p.vol.Name, p.rel)
			if err == nil && node != 0 {
				list, err = tx.KeptOf(node, store.AtticVersions)
			}
			return err
		})
	}
	if err != nil {
		return nil, problem(VerbList, name, err)
	}
	var out []Trashed
	for _, k := range list {
		if e, ok := s.trashed(p.vol, k); ok {
			out = append(out, e)
		}
	}
	return out, nil
}

// trashed shows a kept thing to a session that may have it back.
func (s *Session) trashed(v *volume, k store.Kept) (Trashed, bool) {
	path := joinRel(v.Path, k.Path)
	name, ok := s.nameOf(path)
	if !ok {
		return Trashed{}, false
	}
	rights := s.tree.policy.Load().Rights(s.id, path)
	if hasDots("/", name) && !rights.Has(access.Dots) {
		return Trashed{}, false
	}
	if !s.claimAt(&place{rights: rights}).restore(k) {
		return Trashed{}, false
	}
	return Trashed{
		ID: k.ID, Path: name, Folder: k.Folder, Size: k.Size, Files: k.Files, Folders: k.Folders,
		SHA256: hexOf(k.SHA256), By: k.By.Name, At: k.At,
	}, true
}

// Restore brings a removed thing back to where it was, or an earlier content of a file back over the
// present one. e says what happens when the name is taken. It needs Write there.
func (s *Session) Restore(trash string, e OnExist) (Entry, error) {
	entry, err := s.restore(trash, e)
	if err != nil {
		return Entry{}, problem(verbRestore, "", err)
	}
	return entry, nil
}

func (s *Session) restore(id string, e OnExist) (Entry, error) {
	k, v, err := s.findKept(id)
	if err != nil {
		return Entry{}, err
	}
	name, _ := s.nameOf(joinRel(v.Path, k.Path))
	if k.Kind == store.AtticVersions {
		return s.restoreVersion(v, k, name, CreateOptions{OnExist: e})
	}
	if err := s.tree.enter(s.ctx, v); err != nil {
		return Entry{}, err
	}
	v.shape.Lock()
	defer v.shape.Unlock()
	t, err := s.writable(name)
	if err != nil {
		return Entry{}, err
	}
	defer t.close()
	defer s.tree.names.lock(t.key())()
	if err := s.relook(t); err != nil {
		return Entry{}, err
	}
	base := t.base
	var way *way
	if t.obj != nil {
		how, err := s.claimOf(t).onto(e)
		switch {
		case err != nil:
		case how == beside:
			base, err = s.freeBeside(t)
		default:
			way, err = s.makeWay(t)
		}
		if err != nil {
			return Entry{}, err
		}
	}
	op := s.op(VerbCreate, &t.place)
	op.Size, op.Folder = k.Size, k.Folder
	if err := s.admit(op); err != nil {
		return Entry{}, err
	}
	entry, err := s.bringBack(t, base, v, k, way)
	s.released(op, err, k.Size)
	return entry, err
}

// findKept finds a kept thing that the session may have back.
func (s *Session) findKept(id string) (k store.Kept, v *volume, err error) {
	if err := s.err(); err != nil {
		return k, nil, err
	}
	ok := false
	err = s.tree.store.Read(s.ctx, func(tx *store.Tx) (err error) {
		k, ok, err = tx.Kept(id)
		return err
	})
	if err != nil {
		return k, nil, err
	}
	if ok && (k.Kind == store.AtticTrash || k.Kind == store.AtticVersions) {
		for _, v := range s.tree.mounts.Load().all() {
			if v.Name == k.Volume {
				if _, ok := s.trashed(v, k); ok {
					return k, v, s.tree.ready(s.ctx, v)
				}
			}
		}
	}
	return k, nil, fs.ErrNotExist
}

// bringBack is the act of restore: one rename out of the attic.
func (s *Session) bringBack(t *target, base string, v *volume, k store.Kept, way *way) (Entry, error) {
	attic, err := s.tree.attic(s.ctx, v, k)
	if err != nil {
		return Entry{}, err
	}
	defer attic.Close()
	n := &note{
		Verb: verbRestore, Path: joinRelative(t.dir.rel, base), Attic: k.ID, Kind: store.AtticTrash, Near: k.Near,
		Was: infoAt(s.ctx, attic, k.ID).Version, Event: s.event(event.Restored, access.Join(access.Parent(t.path), base)),
	}
	n.Event.Size, n.Event.Count, n.Pieces = k.Size, k.Files, k.Folder && !v.caps.RenameTree
	var info driver.Info
	act := func(ctx context.Context) error {
		if err := moveName(ctx, v, attic, k.ID, t.folder, base, true); err != nil {
			return err
		}
		info = infoAt(ctx, t.folder, base)
		n.Now = info.Version
		return nil
	}
	seal := func(ctx context.Context) error { return s.tree.syncFolder(ctx, v, t.dir.rel, t.folder) }
	if err := s.tree.carry(s.ctx, v, n, s.tree.clearing(way, n, deed{act: act, seal: seal})); err != nil {
		return Entry{}, err
	}
	s.tree.cleared(way)
	return t.entryAt(base, info), nil
}

// freeBeside finds a free name beside a target.
func (s *Session) freeBeside(t *target) (string, error) {
	for n := 2; n < mostBeside; n++ {
		base := besideName(t.base, n)
		obj, err := t.folder.Lookup(s.ctx, base, driver.WantNoFollow)
		if missing(err) {
			return base, nil
		}
		if err != nil {
			return "", translate(err)
		}
		obj.Close()
	}
	return "", fs.ErrExist
}

// restoreVersion writes an earlier content as the present one: the present one becomes a version.
func (s *Session) restoreVersion(v *volume, k store.Kept, name string, o CreateOptions) (Entry, error) {
	attic, err := s.tree.attic(s.ctx, v, k)
	if err != nil {
		return Entry{}, err
	}
	defer attic.Close()
	src, err := attic.Lookup(s.ctx, k.ID, driver.WantRead)
	if err != nil {
		return Entry{}, translate(err)
	}
	defer src.Close()
	f, err := src.Open()
	if err != nil {
		return Entry{}, translate(err)
	}
	defer f.Close()
	o.Size, o.ModTime = src.Info().Size, src.Info().ModTime
	w, err := s.create(name, o)
	if err != nil {
		return Entry{}, err
	}
	defer w.Abort()
	if _, err := w.ReadFrom(f); err != nil {
		return Entry{}, err
	}
	r, err := w.Commit()
	return r.Entry, err
}

// attic opens the hidden folder that holds a kept thing: through the folder it was put there from, or
// the nearest one above that is still there.
func (t *Tree) attic(ctx context.Context, v *volume, k store.Kept) (driver.Folder, error) {
	for near := k.Near; ; near, _ = splitRel(near) {
		attic, err := t.atticAt(ctx, v, near, atticOf(k.Kind))
		if err == nil {
			obj, lerr := attic.Lookup(ctx, k.ID, driver.WantNoFollow)
			if lerr == nil {
				obj.Close()
				return attic, nil
			}
			attic.Close()
			err = translate(lerr)
		}
		if near == "." || !missing(err) {
			return nil, err
		}
	}
}

// Kinds of rows of the attic that only vfs has. What a row of these kinds names goes for good, but for
// a copy that is being built.
const (
	atticCopy     = "copy"      // a copy of a folder that is being built
	atticDeadCopy = "dead copy" // … that was given up
)

// atticOf is the hidden folder in which things of a row's kind lie.
func atticOf(kind string) string {
	switch kind {
	case store.AtticVersions, store.AtticOldVersion:
		return store.AtticVersions
	case atticCopy, atticDeadCopy:
		return atticCopy
	}
	return store.AtticTrash
}

func (t *Tree) putKept(ctx context.Context, v *volume, k store.Kept) error {
	return t.store.Write(ctx, v.Durability, func(tx *store.Tx) error { return tx.PutKept(k) })
}

func (t *Tree) atticAt(ctx context.Context, v *volume, near, kind string) (driver.Folder, error) {
	obj, err := v.Driver.Lookup(ctx, near, driver.WantDir)
	if err != nil {
		return nil, translate(err)
	}
	defer obj.Close()
	dir, err := obj.Folder()
	if err != nil {
		return nil, translate(err)
	}
	defer dir.Close()
	attic, err := dir.Attic(ctx, kind)
	return attic, translate(err)
}

func (t *Tree) keptIn(ctx context.Context, v *volume, kind string) (list []store.Kept, err error) {
	err = t.store.Read(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.KeptIn(v.Name, kind, trashListed)
		return err
	})
	return list, err
}
