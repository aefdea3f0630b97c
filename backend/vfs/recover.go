package vfs

import (
	"context"
	"encoding/json"
	"errors"

	"portico/backend/store"
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
		switch err := t.finish(ctx, v, intent.ID, &n); {
		case errors.Is(err, ErrAbsent), errors.Is(err, ErrClosed):
			return err
		case err != nil: // one bad place must not keep the whole volume away
			t.log.Error("what a crash cut could not be finished; it is tried again at the next start",
				"volume", v.Name, "path", n.Path, "err", err)
		}
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
			digest: newDigest(), placed: true, waits: true, kept: row.Expires.Add(-t.ages.Load().Unfinished),
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
		if keep[id] || t.elsewhere(ctx, v, id) {
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

// elsewhere reports whether a stage belongs to a kept write of another volume: one folder may be mounted
// at several places. When that cannot be known it is left alone.
func (t *Tree) elsewhere(ctx context.Context, v *volume, id string) bool {
	var row store.Pending
	var ok bool
	err := t.store.Read(ctx, func(tx *store.Tx) (err error) {
		row, ok, err = tx.Pending(id)
		return err
	})
	return err != nil || ok && row.Volume != v.Name && row.Expires.After(t.now())
}
