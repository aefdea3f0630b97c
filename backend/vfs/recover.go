package vfs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// recoverOnce finishes, when a volume's medium is there for the first time, what a crash cut on it:
// intents are rolled forward, kept writes are found again, stages nobody will resume are swept.
func (t *Tree) recoverOnce(ctx context.Context, v *volume) error {
	if v.recovered.Load() {
		return nil
	}
	v.recover.Lock()
	defer v.recover.Unlock()
	if v.recovered.Load() {
		return nil
	}
	if err := t.rollForward(ctx, v); err != nil {
		return err
	}
	if err := t.giveUpCopies(ctx, v); err != nil {
		return err
	}
	keep, err := t.findPending(ctx, v)
	if err != nil {
		return err
	}
	if !v.ReadOnly {
		t.sweep(ctx, v, keep)
	}
	v.recovered.Store(true)
	t.purgeSoon(v)
	return nil
}

// rollForward settles every intent: what its change did is recorded and told, what it had begun is
// finished, and what had not begun is forgotten: nobody was told that it happened.
func (t *Tree) rollForward(ctx context.Context, v *volume) error {
	var list []store.Intent
	err := t.store.Read(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Intents(v.Name)
		return err
	})
	for _, intent := range list {
		if err != nil {
			return err
		}
		var n note
		if jerr := json.Unmarshal(intent.Data, &n); jerr != nil {
			t.log.Error("an intent cannot be read", "volume", v.Name, "err", jerr)
			t.forget(ctx, intent.ID)
			continue
		}
		err = t.finish(ctx, v, intent.ID, &n)
	}
	return err
}

// finish settles one intent, and what was left to do after it on a volume that is there already.
func (t *Tree) finish(ctx context.Context, v *volume, intent int64, n *note) error {
	happened, err := t.redo(ctx, v, n)
	if err != nil {
		return err
	}
	if !happened {
		t.forget(ctx, intent)
		return nil
	}
	if err := t.settle(ctx, v, intent, n); err != nil || n.Then == nil {
		return err
	}
	for _, source := range t.mounts.Load().all() {
		if source.Name == n.FromVolume && source.recovered.Load() {
			return t.finish(ctx, source, n.then, n.Then)
		}
	}
	return nil // done when that volume is mounted
}

// redo finds out what became of a change, finishes it where it can, and reports whether it happened.
func (t *Tree) redo(ctx context.Context, v *volume, n *note) (happened bool, err error) {
	dir, base, err := t.folderOf(ctx, v, n.Path)
	if err != nil {
		if missing(err) {
			return false, nil
		}
		return false, err
	}
	defer dir.Close()
	switch n.Verb {
	case VerbCreate:
		return t.redoPublish(ctx, v, n, dir, base)
	case verbAppend:
		return t.redoAppend(ctx, v, n, dir, base)
	case VerbMkdir:
		return exists(ctx, dir, base)
	case VerbRemove:
		return t.redoRemove(ctx, v, n, dir, base)
	case verbLeave:
		return t.redoLeave(ctx, v, n, dir, base)
	}
	// Rename, restore and the copy of a folder: it happened when the source is gone and the target is there.
	there, err := exists(ctx, dir, base)
	if err != nil || !there {
		return false, err
	}
	n.Now = infoAt(ctx, dir, base).Version
	var from driver.Folder
	name := n.Attic
	if n.Verb == VerbRename {
		from, name, err = t.folderOf(ctx, v, n.From)
	} else {
		from, err = t.atticAt(ctx, v, n.Near, n.Kind)
	}
	if err != nil {
		if missing(err) {
			return true, nil
		}
		return false, err
	}
	defer from.Close()
	left, err := exists(ctx, from, name)
	if left && err == nil && n.Pieces {
		return true, movePieces(ctx, from, name, dir, base)
	}
	return !left, err
}

// redoRemove finds out whether a name went; a folder that goes piece by piece goes on.
func (t *Tree) redoRemove(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	there, err := exists(ctx, dir, base)
	if err != nil || n.Attic == "" {
		return !there, err
	}
	attic, err := t.atticAt(ctx, v, n.Near, store.AtticTrash)
	if err != nil {
		return !there, err
	}
	defer attic.Close()
	begun, err := exists(ctx, attic, n.Attic)
	if err == nil && there && begun && n.Pieces {
		err = movePieces(ctx, dir, base, attic, n.Attic)
		there = false
	}
	n.Now = infoAt(ctx, attic, n.Attic).Version
	return !there, err
}

// redoLeave takes away what a move that was recorded left at its source, unless it has changed since.
func (t *Tree) redoLeave(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	there, err := exists(ctx, dir, base)
	if err != nil || !there {
		return true, err
	}
	if n.Attic == "" && infoAt(ctx, dir, base).Version != n.Was {
		return false, nil
	}
	return true, t.leaveBy(ctx, v, dir, base, n)
}

// giveUpCopies marks the copies of folders that were being built.
func (t *Tree) giveUpCopies(ctx context.Context, v *volume) error {
	list, err := t.keptIn(ctx, v, atticCopy)
	for _, k := range list {
		if err != nil {
			return err
		}
		k.Kind = atticDeadCopy
		err = t.putKept(ctx, v, k)
	}
	return err
}

// folderOf opens the folder of a name in a volume.
func (t *Tree) folderOf(ctx context.Context, v *volume, rel string) (driver.Folder, string, error) {
	at, base := splitRel(rel)
	obj, err := v.Driver.Lookup(ctx, at, driver.WantDir)
	if err != nil {
		return nil, "", translate(err)
	}
	defer obj.Close()
	dir, err := obj.Folder()
	return dir, base, translate(err)
}

func exists(ctx context.Context, dir driver.Folder, base string) (bool, error) {
	obj, err := dir.Lookup(ctx, base, driver.WantNoFollow)
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, translate(err)
	}
	return true, translate(obj.Close())
}

// redoPublish finds out whether a stage was published. A stage that is gone was; one that is still
// there was not, and nobody was told that it was: it goes, unless its upload can be resumed.
func (t *Tree) redoPublish(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	stage, err := v.Driver.OpenStage(ctx, n.Stage)
	if missing(err) {
		return t.holds(ctx, dir, base, n.Content)
	}
	if err != nil {
		return false, translate(err)
	}
	happened := false
	if !n.Replace { // some disks link the new name before the old one goes
		if happened, err = t.holds(ctx, dir, base, n.Content); err != nil {
			stage.Close()
			return false, err
		}
	}
	if _, jerr := stage.Journal(); jerr == nil && !happened {
		return false, translate(stage.Close())
	}
	return happened, translate(stage.Discard())
}

// redoAppend appends what a crash left to append. Where it had not begun it does not begin.
func (t *Tree) redoAppend(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	stage, err := v.Driver.OpenStage(ctx, n.Stage)
	if err != nil {
		if missing(err) {
			return false, nil
		}
		return false, translate(err)
	}
	old := n.Content.Size - n.Event.Size
	begun, err := appendBegun(ctx, dir, base, stage, old)
	if err != nil {
		stage.Close()
		return false, err
	}
	if begun {
		info, err := t.appendRest(ctx, v, dir, base, stage, old)
		if err != nil {
			stage.Close()
			return false, err
		}
		n.Content.Version = info.Version
	}
	return begun, translate(stage.Discard())
}

// appendBegun reports whether a file that was old bytes long has since been continued with the first
// bytes of a stage.
func appendBegun(ctx context.Context, dir driver.Folder, base string, stage driver.Stage, old int64) (bool, error) {
	obj, err := dir.Lookup(ctx, base, driver.WantRead)
	if err != nil {
		if missing(err) || errors.Is(err, driver.ErrKind) {
			return false, nil
		}
		return false, translate(err)
	}
	defer obj.Close()
	size, err := stage.Size()
	there := obj.Info().Size - old
	if err != nil || there <= 0 || there > size {
		return false, translate(err)
	}
	f, err := obj.Open()
	if err != nil {
		return false, translate(err)
	}
	defer f.Close()
	a, b := newDigest(), newDigest()
	buf := make([]byte, bufferSize)
	for _, side := range []struct {
		d *digest
		r io.ReaderAt
	}{{a, io.NewSectionReader(f, old, there)}, {b, stage}} {
		for done := false; !done; {
			if done, err = side.d.step(side.r, there, buf); err != nil {
				return false, translate(err)
			}
		}
	}
	x, _ := a.sums()
	y, _ := b.sums()
	return bytes.Equal(x, y), nil
}

// holds reports whether a name holds what was going to be published.
func (t *Tree) holds(ctx context.Context, dir driver.Folder, base string, c *store.Content) (bool, error) {
	obj, err := dir.Lookup(ctx, base, driver.WantRead)
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, translate(err)
	}
	defer obj.Close()
	info := obj.Info()
	c.Version = info.Version
	if info.Kind != KindFile || info.Size != c.Size || len(c.SHA256) == 0 {
		return info.Kind == KindFile && info.Size == c.Size, nil // a copy of unknown hash was synced first
	}
	f, err := obj.Open()
	if err != nil {
		return false, translate(err)
	}
	defer f.Close()
	return sameBytes(f, c)
}

func sameBytes(r io.ReaderAt, c *store.Content) (bool, error) {
	d := newDigest()
	buf := make([]byte, bufferSize)
	for done := false; !done; {
		var err error
		if done, err = d.step(r, c.Size, buf); err != nil {
			return false, translate(err)
		}
	}
	sha, _ := d.sums()
	return bytes.Equal(sha, c.SHA256), nil
}

// findPending finds the kept writes of a volume again and returns the ids of their stages.
func (t *Tree) findPending(ctx context.Context, v *volume) (map[string]bool, error) {
	var rows []store.Pending
	err := t.store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Pendings(v.Name)
		return err
	})
	keep := make(map[string]bool)
	now := t.now()
	for _, row := range rows {
		u := &upload{
			tree: t, vol: v, id: row.ID, rel: row.Path, path: joinRel(v.Path, row.Path), by: row.By, begun: row.Begun,
			digest: newDigest(), placed: true, kept: row.Expires.Add(-t.ages.Unfinished),
		}
		u.real, u.o = u.path, CreateOptions{Size: row.Size, Resume: true}
		if row.Expires.After(now) && u.revive(ctx) {
			keep[u.id] = true
			t.pending.add(u)
			for _, g := range t.guards.grow {
				if err := g.Grow(ctx, u.lostOp(), u.length()); err != nil {
					t.log.Info("an unfinished upload is more than a guard admits", "guard", g.(Guard).Name(), "err", err)
				}
			}
			continue
		}
		t.guards.end(ctx, u.lostOp(), false, 0)
		if err := t.store.Write(ctx, store.Fast, func(tx *store.Tx) error { return tx.DropPending(row.ID) }); err != nil {
			return nil, err
		}
	}
	return keep, err
}

// revive reads the journal of a kept write; false when it is gone or of no use.
func (u *upload) revive(ctx context.Context) bool {
	stage, err := u.vol.Driver.OpenStage(ctx, u.id)
	if err != nil {
		return !missing(err) // on a part that is not connected now: it waits
	}
	err = u.load(stage)
	stage.Close()
	if err != nil {
		u.tree.log.Warn("an unfinished upload cannot be resumed", "volume", u.vol.Name, "err", err)
	}
	return err == nil
}

// sweep removes the stages that nobody will come back to.
func (t *Tree) sweep(ctx context.Context, v *volume, keep map[string]bool) {
	for id, err := range v.Driver.Stages(ctx) {
		if err != nil {
			t.log.Warn("stages could not be listed", "volume", v.Name, "err", err)
			return
		}
		if keep[id] {
			continue
		}
		stage, err := v.Driver.OpenStage(ctx, id)
		if err == nil {
			err = stage.Discard()
		}
		if err != nil && !missing(err) {
			t.log.Warn("an old stage could not be removed", "volume", v.Name, "err", err)
		}
	}
}
