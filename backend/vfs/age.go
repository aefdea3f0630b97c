package vfs

import (
	"time"

	"portico/backend/store"
)

// Ages says how long things are kept. 0 is the usual time, below 0 for ever.
type Ages struct {
	Unfinished time.Duration // a pending write waits for Resume; 7 days
	Trash      time.Duration // removed things can be restored; 30 days
	Versions   time.Duration // earlier contents, besides that only so many of a name are kept; for ever
}

const forEver = 100 * 365 * 24 * time.Hour

// SetAges changes how long things are kept, also those that are kept already.
func (t *Tree) SetAges(a Ages) {
	a = a.filled()
	t.ages.Store(&a)
}

func (a Ages) filled() Ages {
	for _, age := range []struct {
		of    *time.Duration
		usual time.Duration
	}{{&a.Unfinished, 7 * 24 * time.Hour}, {&a.Trash, 30 * 24 * time.Hour}, {&a.Versions, forEver}} {
		switch {
		case *age.of == 0:
			*age.of = age.usual
		case *age.of < 0 || *age.of > forEver:
			*age.of = forEver
		}
	}
	return a
}

// expireKept marks what has lain in the trash, or as an earlier content, for long enough.
func (t *Tree) expireKept(v *volume) {
	t.expire(v, store.AtticTrash, store.AtticPurge, t.ages.Load().Trash)
	t.expire(v, store.AtticVersions, store.AtticOldVersion, t.ages.Load().Versions)
}

// expire gives what is older than age the kind of what is to be purged.
func (t *Tree) expire(v *volume, kind, purge string, age time.Duration) {
	limit := t.now().Add(-age)
	list, err := t.keptIn(t.ctx, v, kind)
	if err != nil {
		return
	}
	for _, k := range list {
		if k.At.After(limit) || !t.markPurged(k, purge) { // the oldest come first
			return
		}
	}
}

func (t *Tree) markPurged(k store.Kept, purge string) bool {
	k.Kind = purge
	err := t.store.Write(store.MakesRoom(t.ctx), store.Fast, func(tx *store.Tx) error { return tx.PutKept(k) })
	if err != nil && t.ctx.Err() == nil {
		t.log.Warn("what was kept could not be aged", "volume", k.Volume, "err", err)
	}
	return err == nil
}
