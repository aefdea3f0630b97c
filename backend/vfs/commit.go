package vfs

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// Commit makes what was written appear under its name, or under a free one beside it, and ends the
// Writer. Whoever reads sees the old content or the new, never a mix. When it returns nil the change
// survives a kill, and power loss where the volume is durable. When it fails nothing has changed and
// the Writer lives on: it can be kept, aborted or committed again; but for a disk that fails at the
// very last moment, when the content is there and may not survive power loss.
func (w *Writer) Commit() (Result, error) {
	r, err := w.commit()
	if err != nil {
		return Result{}, w.failing(problem(VerbCreate, w.name, err))
	}
	r.Digests = w.up.hasher().others()
	w.stop(ErrClosed)
	w.leave()
	if !r.Unchanged { // then its stage was aborted
		w.s.released(w.op, nil, r.Size)
	}
	return r, nil
}

func (w *Writer) commit() (Result, error) {
	if err := w.check(); err != nil {
		return Result{}, err
	}
	u := w.up
	u.sealed.Store(true)
	defer u.sealed.Store(false) // a commit that fails may be followed by more
	sha, crc, err := u.complete(w)
	if err != nil {
		return Result{}, err
	}
	if err := w.verify(sha); err != nil {
		return Result{}, err
	}
	if err := u.stamp(w); err != nil {
		return Result{}, err
	}
	t := w.s.tree
	if err := t.enter(w.s.ctx, u.vol); err != nil {
		return Result{}, err
	}
	u.vol.shape.RLock()
	defer u.vol.shape.RUnlock()
	tg, unlock, err := w.s.writableLocked(w.name)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	if err := t.locks.admit(w.s, w.s.op(VerbCreate, &tg.place)); err != nil {
		return Result{}, err
	}
	if u.o.Base == Append && u.based {
		if tg.obj == nil {
			return Result{}, ErrPrecondition
		}
		return w.commitAppend(tg)
	}
	c := store.Content{SHA256: sha, CRC32: crc, Size: u.length()}
	for try := 0; ; try++ {
		r, err := w.commitContent(tg, c)
		if try == 3 || !errors.Is(err, fs.ErrExist) {
			return r, err
		}
		// The name was taken a moment ago by somebody beside us: decide again.
		if err := w.s.relook(tg); err != nil {
			return Result{}, err
		}
	}
}

// complete checks that everything came that was announced, and finishes the digests.
func (u *upload) complete(w *Writer) (sha []byte, crc uint32, err error) {
	u.mu.Lock()
	size, covered, live := u.size, u.have.covers(u.size), u.live == w
	u.mu.Unlock()
	switch {
	case !live:
		return nil, 0, ErrClosed
	case u.o.Size >= 0 && (size != u.o.Size || !covered):
		return nil, 0, ErrIncomplete
	}
	if err := u.catchUp(w.s.ctx, size); err != nil {
		return nil, 0, err
	}
	d := u.hasher()
	if front, _ := d.hashed(); front != size {
		return nil, 0, ErrIncomplete // cut while it was being hashed
	}
	sha, crc = d.sums()
	if u.o.SHA256 != "" && hex.EncodeToString(sha) != u.o.SHA256 {
		return nil, 0, ErrIncomplete
	}
	return sha, crc, nil
}

// verify shows the complete content to the guards; of an append, what is added.
func (w *Writer) verify(sha []byte) error {
	for _, g := range w.s.tree.guards.verify {
		if err := g.Verify(w.s.ctx, w.op, staged{w.up, hex.EncodeToString(sha)}); err != nil {
			return err
		}
	}
	return nil
}

type staged struct {
	u   *upload
	sha string
}

func (c staged) ReadAt(p []byte, off int64) (int, error) { return c.u.readAt(p, off) }
func (c staged) Size() int64                             { return c.u.length() - c.u.offset() }
func (c staged) SHA256() string                          { return c.sha }

// stamp gives the staged content its times.
func (u *upload) stamp(w *Writer) error {
	u.io.Lock()
	defer u.io.Unlock()
	if !u.writes(w) {
		return ErrClosed
	}
	u.mu.Lock()
	modTime := u.modTime
	u.mu.Unlock()
	if modTime.IsZero() {
		return nil
	}
	return u.stage.SetTimes(modTime)
}

// key names what is locked while the name of a target changes.
func (t *target) key() string { return nameKey(t.dir.real, t.base) }

func nameKey(dir, base string) string { return access.Join(dir, fold(base)) }

// commitContent publishes staged content under the locked name, or beside it.
func (w *Writer) commitContent(tg *target, c store.Content) (Result, error) {
	how, err := w.s.decide(tg, w.up.o)
	if err == nil {
		err = w.fromBase(tg, how)
	}
	if err != nil {
		return Result{}, err
	}
	old, known := store.Content{}, false
	if how != asNew {
		old, known = w.s.tree.contentAt(w.s.ctx, tg.vol, tg.rel)
		known = known && old.Version == tg.info.Version
		if known && old.Size == c.Size && len(c.SHA256) > 0 && string(old.SHA256) == string(c.SHA256) && w.s.claimOf(tg).read() {
			return w.unchanged(tg, c)
		}
	}
	if how == beside {
		return w.commitBeside(tg, c)
	}
	kind, fresh := event.Created, true
	if how == replacing {
		if fresh = false; !known || old.Announced {
			kind = event.Replaced
		}
	}
	r, err := w.publish(tg, tg.stored, how == replacing, kind, c)
	r.Created = fresh
	return r, err
}

// fromBase refuses what was made of content that is not there any more: what came meanwhile would be
// undone, and nobody told.
func (w *Writer) fromBase(tg *target, how how) error {
	u := w.up
	switch {
	case u.o.Base != Existing:
		return nil
	case u.based && (tg.obj == nil || w.s.versionOf(tg) != u.old.Version), !u.based && how == replacing:
		return ErrPrecondition
	case u.based && how == beside:
		return w.s.unchangeable(tg, u.o)
	}
	return nil
}

// mostBeside is how many names "cat (2).jpg", "cat (3).jpg" are tried before a random one is taken.
const mostBeside = 1000

// commitBeside publishes under a free name beside the one that is taken.
func (w *Writer) commitBeside(tg *target, c store.Content) (Result, error) {
	t := w.s.tree
	key := tg.key()
	for n := t.free.after(key); ; n++ {
		base := besideName(tg.base, n)
		if n > mostBeside {
			base = besideRandom(tg.base)
		}
		if n > mostBeside+3 {
			return Result{}, fs.ErrExist
		}
		r, err := w.publishFree(tg, base, c)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			t.free.took(key, n)
			r.Created = true
		}
		return r, err
	}
}

// publishFree publishes under a name that must be free: fs.ErrExist when it is not.
func (w *Writer) publishFree(tg *target, base string, c store.Content) (Result, error) {
	unlock := w.s.tree.names.try(nameKey(tg.dir.real, base))
	if unlock == nil {
		return Result{}, fs.ErrExist // somebody is about to take it
	}
	defer unlock()
	if obj, err := tg.folder.Lookup(w.s.ctx, base, driver.WantNoFollow); err == nil {
		obj.Close()
		return Result{}, fs.ErrExist
	} else if !missing(err) {
		return Result{}, translate(err)
	}
	return w.publish(tg, base, false, event.Created, c)
}

// publish is the commit of a file: the only place where content appears.
func (w *Writer) publish(tg *target, base string, replace bool, kind event.Kind, c store.Content) (Result, error) {
	s, u, t := w.s, w.up, w.s.tree
	path := access.Join(access.Parent(tg.path), base)
	s.sign(&c, tg, u)
	c.Announced = replace || c.Size > 0 || u.based
	n := &note{
		Verb: VerbCreate, Path: joinRelative(tg.dir.rel, base), Stage: u.id, Replace: replace,
		Fresh: !replace, Silent: !c.Announced, Content: &c, Event: s.event(kind, path),
	}
	n.Event.Size, n.Event.Hash = c.Size, hex.EncodeToString(c.SHA256)
	options := driver.PublishOptions{NoReplace: !replace}
	if replace && kind == event.Replaced && tg.vol.Versions && tg.info.Size > 0 {
		attic, err := t.keepVersion(s, tg, n, &options)
		if err != nil {
			return Result{}, err
		}
		defer attic.Close()
	}
	u.io.Lock()
	defer u.io.Unlock()
	if !u.writes(w) {
		return Result{}, ErrClosed
	}
	u.mu.Lock()
	n.rowless = !u.placed && u.kept.IsZero()
	n.Hung = u.hung
	u.mu.Unlock()
	if len(n.Hung) > 0 {
		t.hung.Store(true)
	}
	var info driver.Info
	err := t.carry(s.ctx, tg.vol, n, t.publishing(tg, u.stage, base, options, n, &info))
	if n.happened || n.unknown {
		u.spent()
	}
	if err != nil {
		return Result{}, err
	}
	if n.Kept != nil {
		t.trimVersions(tg.vol, n.Event.Node)
	}
	if info.Version == "" { // the storage's answer was lost
		info = infoAt(s.ctx, tg.folder, base)
	}
	return Result{Entry: tg.entryAt(base, info), SHA256: n.Event.Hash, CRC32: c.CRC32, Event: n.Event.ID}, nil
}

// sign says whose a commit's content is. What holds more than its writer may read does not become the
// writer's own.
func (s *Session) sign(c *store.Content, tg *target, u *upload) {
	c.By, c.Arrived = s.party(), s.tree.now()
	if !u.foreign {
		return
	}
	payer := c.By.Payer
	if old, known := s.tree.contentAt(s.ctx, tg.vol, tg.rel); known && old.Version == tg.info.Version {
		c.By, c.Arrived = old.By, old.Arrived
	} else {
		c.By = store.Party{}
	}
	c.By.Payer = payer
}

// publishing is the deed of a stage that appears as base in the folder of a target; info will be what
// is there then.
func (t *Tree) publishing(tg *target, stage driver.Stage, base string, o driver.PublishOptions, n *note, info *driver.Info) deed {
	return deed{
		sync: tg.vol.syncing(stage),
		act: func(ctx context.Context) (err error) {
			if *info, err = stage.Publish(ctx, tg.folder, base, o); err != nil {
				return translate(err)
			}
			n.Content.Version = info.Version
			return nil
		},
		seal: func(ctx context.Context) error {
			return errors.Join(t.sealAttic(ctx, o.KeepIn), t.syncFolder(ctx, tg.vol, tg.dir.rel, tg.folder))
		},
	}
}

// spent forgets a stage that was published. The caller holds io.
func (u *upload) spent() {
	u.stage.Close() // closed already where it was published: only a storage that failed left it open
	u.stage = nil
	u.clean()
	u.mu.Lock()
	u.live = nil
	u.mu.Unlock()
	u.tree.pending.remove(u)
}

// unchanged ends a write whose content is there already: nothing is written but the times.
func (w *Writer) unchanged(tg *target, c store.Content) (Result, error) {
	s := w.s
	info := tg.info
	if want := w.up.modTime; !want.IsZero() && !want.Equal(info.ModTime) && s.claimOf(tg).replace() {
		if fresh, err := s.setTimes(tg, want); err == nil {
			info = fresh
		}
	}
	if err := w.up.abort(w); err != nil {
		s.tree.log.Warn("a stage could not be removed", "path", tg.path, "err", err)
	}
	return Result{Entry: tg.entryAt(tg.base, info), Unchanged: true, SHA256: hex.EncodeToString(c.SHA256), CRC32: c.CRC32}, nil
}
