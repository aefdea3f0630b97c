package vfs

import (
	"context"
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

// readSums adds up what is read, so that a download of ten thousand files is a line a minute and not
// ten thousand.
type readSums struct {
	mu   sync.Mutex
	sums map[readKey]*event.Event
}

type readKey struct {
	kind                    access.Kind
	id, door, remote, batch string
}

// readsEvery is how long reads are summed.
const readsEvery = time.Minute

// mostReadSums bounds the table; when it is full it is written at once.
const mostReadSums = 1000

// countRead adds a closed file to the sums.
func (t *Tree) countRead(f *File) {
	n := f.moved.Load()
	if n == 0 || f.mine && f.entry.Pending {
		return
	}
	s := f.s
	key := readKey{s.id.Kind, s.id.ID, s.origin.Door, s.origin.Remote, s.origin.Batch}
	r := &t.reads
	r.mu.Lock()
	defer r.mu.Unlock()
	sum := r.sums[key]
	if sum == nil {
		if r.sums == nil {
			r.sums = make(map[readKey]*event.Event)
		}
		e := s.event(event.Read, f.path)
		sum = &e
		r.sums[key] = sum
	}
	sum.Size += n
	sum.Count++
	if sum.Path != f.path {
		sum.Path = commonFolder(sum.Path, f.path)
	}
	if len(r.sums) >= mostReadSums {
		select {
		case t.flush <- struct{}{}:
		default:
		}
	}
}

// commonFolder is the deepest folder that holds both paths.
func commonFolder(a, b string) string {
	for !access.Within(a, b) {
		a = access.Parent(a)
	}
	return a
}

// flushReads writes the sums as events.
func (t *Tree) flushReads(ctx context.Context) {
	r := &t.reads
	r.mu.Lock()
	sums := r.sums
	r.sums = nil
	r.mu.Unlock()
	if len(sums) == 0 {
		return
	}
	err := t.store.Write(ctx, store.Fast, func(tx *store.Tx) error {
		for _, sum := range sums {
			if err := tx.Append(sum); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.log.Warn("what was read could not be noted", "err", err)
	}
}
