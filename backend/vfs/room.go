package vfs

import (
	"context"
	"time"

	"portico/backend/store"
)

// lacks is how many bytes a volume is short of having its floor and more free; 0 or less: there is
// room, or nobody knows.
func (t *Tree) lacks(ctx context.Context, v *volume, more int64) int64 {
	free, total, err := v.room.get(ctx, v, t.now())
	if err != nil || total == 0 {
		return 0 // the driver says so when it is full
	}
	return v.floor.Load() + max(0, more) - free
}

// fits reports ErrNoSpace when more bytes would leave less free than the volume's floor, even if
// everything that is kept went. An announcement takes nothing: what is kept only goes for bytes that
// came (roomFor).
func (t *Tree) fits(ctx context.Context, v *volume, more int64) error {
	if v.floor.Load() == 0 && more <= 0 {
		return nil
	}
	lacking := t.lacks(ctx, v, more)
	if lacking <= 0 {
		return nil
	}
	var kept int64
	err := t.store.Read(ctx, func(tx *store.Tx) (err error) {
		kept, err = tx.KeptBytes(v.Name, store.AtticTrash, store.AtticVersions, store.AtticPurge, store.AtticOldVersion)
		return err
	})
	if err != nil {
		return err
	}
	if kept < lacking {
		return ErrNoSpace
	}
	return nil
}

// roomFor makes room for the bytes of one slice and reports ErrNoSpace below the floor.
func (t *Tree) roomFor(ctx context.Context, v *volume) error {
	if t.lacks(ctx, v, slice) <= 0 {
		return nil
	}
	t.makeRoom(ctx, v, slice)
	if v.floor.Load() > 0 && t.lacks(ctx, v, 0) > 0 {
		return ErrNoSpace
	}
	return nil
}

// clear makes room for bytes that are going to be copied now, and reports ErrNoSpace where there is none.
func (t *Tree) clear(ctx context.Context, v *volume, more int64) error {
	if err := t.fits(ctx, v, more); err != nil {
		return err
	}
	t.makeRoom(ctx, v, more)
	if v.floor.Load() > 0 && t.lacks(ctx, v, more) > 0 {
		return ErrNoSpace
	}
	return nil
}

// makeRoom purges what is kept, the oldest first and the trash before earlier contents, one by one
// until a volume has its floor and more free.
func (t *Tree) makeRoom(ctx context.Context, v *volume, more int64) {
	if v.floor.Load()+more <= 0 || v.ReadOnly || t.lacks(ctx, v, more) <= 0 {
		return
	}
	v.making.Lock()
	defer v.making.Unlock()
	v.room.drop()
	lacking := t.lacks(ctx, v, more) // somebody else may have made it
	for _, kind := range [...]struct{ kept, purge string }{
		{store.AtticPurge, store.AtticPurge}, {store.AtticOldVersion, store.AtticOldVersion},
		{store.AtticTrash, store.AtticPurge}, {store.AtticVersions, store.AtticOldVersion},
	} {
		for lacking > 0 {
			list, err := t.keptIn(ctx, v, kind.kept)
			if err != nil || len(list) == 0 {
				break
			}
			if lacking, err = t.purgeUntil(ctx, v, list, kind.purge, lacking, more); err != nil {
				return
			}
		}
	}
}

// purgeUntil purges one after the other until nothing is lacking any more. A disk that tells late what
// it has back is believed to have it: what lacks then is asked again at the next slice.
func (t *Tree) purgeUntil(ctx context.Context, v *volume, list []store.Kept, purge string, lacking, more int64) (int64, error) {
	for _, k := range list {
		if lacking <= 0 {
			break
		}
		if err := ctx.Err(); err != nil {
			return lacking, err
		}
		if k.Kind != purge && !t.markPurged(k, purge) {
			return lacking, ErrNoSpace
		}
		k.Kind = purge
		if !t.purgeOne(v, k) {
			return lacking, ErrBusy
		}
		v.room.drop()
		lacking = min(lacking-k.Size, t.lacks(ctx, v, more))
	}
	return lacking, nil
}

// drop forgets what was known, because it has just changed.
func (r *roomCache) drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = time.Time{}
}
