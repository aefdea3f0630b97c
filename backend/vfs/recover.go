package vfs

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"

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

// rollForward settles every intent: what its change did is recorded and told; what had not begun is
// done where all that it needs is there, and forgotten otherwise.
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

// redoPublish publishes a stage that is still there. A stage that is gone was published.
func (t *Tree) redoPublish(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	stage, err := v.Driver.OpenStage(ctx, n.Stage)
	switch {
	case err == nil:
	case missing(err):
		return t.holds(ctx, dir, base, n.Content)
	default:
		return false, translate(err)
	}
	if ok, err := same(stage, n.Content); err != nil || !ok {
		stage.Discard() // the power failed before its bytes were on the disk: nobody was told yes
		return false, err
	}
	options := driver.PublishOptions{NoReplace: !n.Replace}
	if n.Kept != nil {
		attic, err := dir.Attic(ctx, n.Kind)
		if err != nil {
			stage.Close()
			return false, translate(err)
		}
		defer attic.Close()
		if there, _ := exists(ctx, attic, n.Attic); !there {
			options.KeepIn, options.KeepAs = attic, n.Attic
		}
	}
	info, err := stage.Publish(ctx, dir, base, options)
	if err == nil {
		n.Content.Version = info.Version
		return true, nil
	}
	stage.Discard()
	if !n.Replace && translate(err) == fs.ErrExist {
		// Linked but not yet unlinked: the name holds our content. Else somebody else's.
		return t.holds(ctx, dir, base, n.Content)
	}
	t.log.Error("an upload that a crash cut could not be finished", "volume", v.Name, "path", n.Path, "err", err)
	return false, nil
}

// redoAppend appends what a crash left to append.
func (t *Tree) redoAppend(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	stage, err := v.Driver.OpenStage(ctx, n.Stage)
	if err != nil {
		if missing(err) {
			return false, nil
		}
		return false, translate(err)
	}
	info, err := t.appendRest(ctx, v, dir, base, stage, n.Content.Size-n.Event.Size)
	stage.Discard()
	if err != nil {
		t.log.Error("an append that a crash cut could not be finished", "volume", v.Name, "path", n.Path, "err", err)
		return false, nil
	}
	n.Content.Version = info.Version
	return true, nil
}

// same reports whether a stage holds what was going to be published.
func same(stage driver.Stage, c *store.Content) (bool, error) {
	size, err := stage.Size()
	if err != nil || size != c.Size || len(c.SHA256) == 0 {
		return err == nil && size == c.Size, translate(err)
	}
	return sameBytes(stage, c)
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
			digest: newDigest(), placed: true, kept: row.Expires.Add(-keepFor),
		}
		u.real, u.o = u.path, CreateOptions{Size: row.Size, Resume: true}
		if row.Expires.After(now) && u.revive(ctx) {
			keep[u.id] = true
			t.pending.add(u)
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
