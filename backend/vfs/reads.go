package vfs

import (
	"context"

	"portico/backend/event"
	"portico/backend/store"
)

// countRead adds a closed file to what is read, which is told of once a minute.
func (t *Tree) countRead(f *File) {
	n := f.moved.Load()
	if n == 0 || f.mine && f.entry.Pending {
		return
	}
	e := f.s.event(event.Read, f.path)
	e.Size = n
	t.reads.Add(e)
}

// appendReads writes what was added up.
func (t *Tree) appendReads(ctx context.Context, events []event.Event) error {
	return t.store.Write(ctx, store.Fast, func(tx *store.Tx) error {
		for i := range events {
			if err := tx.Append(&events[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
