package vfs

import (
	"errors"

	"portico/backend/store"
)

// ErrKilled is what a step returns to stop a change as a kill would.
var ErrKilled = errors.New("killed")

// OnStep is called between every two steps of a change.
func (t *Tree) OnStep(f func(point string) error) { t.step = f }

// Kill leaves everything as the end of the process would: descriptors close, nothing is put away.
func (t *Tree) Kill() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.cancel()
	t.work.Wait()
	_ = t.reads.Close(t.ctx) // writes nothing: t.ctx has ended
	for _, u := range t.pending.below("/") {
		u.io.Lock()
		if u.stage != nil {
			u.stage.Close()
			u.stage = nil
		}
		u.mu.Lock()
		u.live = nil // who is dead tells nothing
		u.mu.Unlock()
		u.io.Unlock()
	}
	for _, s := range t.allSessions() {
		s.cancel(ErrClosed)
	}
	for _, v := range t.mounts.Swap(&mounts{}).all() {
		v.Driver.Close()
	}
}

// IntentsLeft counts the intents of a volume.
func (t *Tree) IntentsLeft(volume string) int {
	n := -1
	_ = t.store.Read(t.ctx, func(tx *store.Tx) error {
		list, err := tx.Intents(volume)
		n = len(list)
		return err
	})
	return n
}

// Housekeep does now what the tree does every minute.
func (t *Tree) Housekeep() { t.minute() }
