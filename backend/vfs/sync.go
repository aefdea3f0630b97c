package vfs

import (
	"context"
	"sync"
	"sync/atomic"

	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// manyWaiting is from how many commits that wait at once one sync of the whole disk costs less than
// one of each file (core.md, point 11).
const manyWaiting = 16

// muchDirty is from how many bytes that somebody else has written on a sync of the whole disk would
// wait for them too.
const muchDirty = 64 << 20

// syncer makes content and names survive power loss, for many commits together where that is cheaper.
type syncer struct {
	waiting atomic.Int32
	dirty   atomic.Int64 // bytes that were staged and not synced
	whole   rounds

	mu      sync.Mutex
	folders map[string]*rounds
}

// content makes a stage durable.
func (y *syncer) content(ctx context.Context, d driver.Driver, stage driver.Stage) error {
	n := y.waiting.Add(1)
	defer y.waiting.Add(-1)
	if n < manyWaiting || y.dirty.Load() > muchDirty {
		return stage.Sync(ctx)
	}
	return y.whole.join(func() error { return d.SyncAll(ctx) })
}

// syncing returns what makes a stage of this volume durable, nil where that is not asked for.
func (v *volume) syncing(stage driver.Stage) func(context.Context) error {
	if v.Durability == store.Fast {
		return nil
	}
	return func(ctx context.Context) error { return translate(v.sync.content(ctx, v.Driver, stage)) }
}

// syncFolder makes the names in a folder durable, together with whoever waits for the same folder.
func (t *Tree) syncFolder(ctx context.Context, v *volume, rel string, folder driver.Folder) error {
	if v.Durability == store.Fast {
		return nil
	}
	r := v.sync.enter(rel)
	defer v.sync.exit(rel, r)
	return translate(r.join(func() error { return folder.Sync(ctx) }))
}

func (y *syncer) enter(rel string) *rounds {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.folders == nil {
		y.folders = make(map[string]*rounds)
	}
	r := y.folders[rel]
	if r == nil {
		r = new(rounds)
		y.folders[rel] = r
	}
	r.users++
	return r
}

func (y *syncer) exit(rel string, r *rounds) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if r.users--; r.users == 0 {
		delete(y.folders, rel)
	}
}

// rounds shares one call among everybody who asked for it before it began.
type rounds struct {
	users int // under syncer.mu

	mu      sync.Mutex
	running bool
	next    *round
}

type round struct {
	begun chan struct{} // closed when the first who joined may run
	done  chan struct{}
	err   error
}

// join waits for a call of do that begins after join was called, making it if nobody else does.
func (r *rounds) join(do func() error) error {
	r.mu.Lock()
	if mine := r.next; mine != nil {
		r.mu.Unlock()
		<-mine.done
		return mine.err
	}
	mine := &round{begun: make(chan struct{}), done: make(chan struct{})}
	if r.running {
		r.next = mine
		r.mu.Unlock()
		<-mine.begun
	} else {
		r.running = true
		r.mu.Unlock()
	}
	mine.err = do()
	r.mu.Lock()
	next := r.next
	r.next = nil
	r.running = next != nil
	r.mu.Unlock()
	close(mine.done)
	if next != nil {
		close(next.begun)
	}
	return mine.err
}
