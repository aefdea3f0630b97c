package vfs

import (
	"context"
	"errors"
	"time"

	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// housekeep is the one goroutine of the tree: it writes the sums of reads, purges what is to go, and
// forgets what has expired.
func (t *Tree) housekeep() {
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		select {
		case <-t.ctx.Done():
			return
		case v := <-t.purge:
			t.purgeVolume(v)
		case <-minute.C:
			t.minute()
		}
	}
}

// minute is what is done every minute.
func (t *Tree) minute() {
	t.expireLocks()
	for _, v := range t.mounts.Load().all() {
		t.expireKept(v)
		t.expirePending(v)
		t.purgeVolume(v)
		t.makeRoom(t.ctx, v, 0)
	}
}

// purgeSoon asks for what is marked in a volume to be removed for good. When too much is asked at
// once the next minute's round finds it.
func (t *Tree) purgeSoon(v *volume) {
	select {
	case t.purge <- v:
	default:
	}
}

// purgeVolume removes for good what is marked so.
func (t *Tree) purgeVolume(v *volume) {
	for _, kind := range []string{store.AtticPurge, store.AtticOldVersion, atticDeadCopy} {
		for t.ctx.Err() == nil {
			list, err := t.keptIn(t.ctx, v, kind)
			if err != nil || len(list) == 0 {
				break
			}
			gone := 0
			for _, k := range list {
				if t.purgeOne(v, k) {
					gone++
				}
			}
			if gone == 0 {
				break
			}
		}
	}
}

// purgeOne removes one kept thing and its row. What fails is tried again in the next round.
func (t *Tree) purgeOne(v *volume, k store.Kept) bool {
	attic, err := t.attic(t.ctx, v, k)
	switch {
	case err == nil:
		err = purgeTree(t.ctx, attic, k.ID)
		attic.Close()
	case missing(err):
		err = nil
	}
	if err == nil {
		err = t.store.Write(store.MakesRoom(t.ctx), store.Fast, func(tx *store.Tx) error {
			if err := tx.DropNode(atticVolume(v.Name), k.ID); err != nil {
				return err
			}
			return tx.DropKept(k.ID)
		})
	}
	if err != nil && t.ctx.Err() == nil && !errors.Is(err, ErrAbsent) {
		t.log.Warn("something removed could not be purged", "volume", v.Name, "err", err)
	}
	return err == nil
}

// purgeTree removes a name in a folder with everything below it.
func purgeTree(ctx context.Context, dir driver.Folder, base string) error {
	err := dir.Remove(ctx, base)
	if err == nil || missing(err) {
		return nil
	}
	if !errors.Is(err, driver.ErrNotEmpty) {
		return translate(err)
	}
	err = inFolder(ctx, dir, base, func(sub driver.Folder) error {
		var names []string
		for info, err := range sub.Names(ctx) {
			if err != nil {
				return translate(err)
			}
			names = append(names, info.Name)
		}
		for _, name := range names {
			if ctx.Err() != nil {
				return ErrClosed
			}
			if err := purgeTree(ctx, sub, name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return translate(dir.Remove(ctx, base))
}

// expirePending discards unfinished writes that nobody came back to.
func (t *Tree) expirePending(v *volume) {
	now := t.now()
	for _, u := range t.pending.below(v.Path) {
		if u.vol != v || u.waitsSince(now) < t.ages.Load().Unfinished {
			continue
		}
		if err := u.giveUp(t.ctx); err != nil {
			t.log.Warn("an expired upload could not be removed", "volume", v.Name, "err", err)
		}
	}
}
