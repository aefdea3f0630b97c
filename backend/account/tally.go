package account

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"portico/backend/event"
	"portico/backend/store"
)

const (
	tallyWindow = time.Minute
	tallyKeys   = 64 // different facts of one window that are told apart
	tallyLeast  = 4  // … at least, when window after window is full
	tallyOnce   = 4096
)

// Tally writes events of which there may be floods. The first of a kind is written at once; what
// equals it within a minute is counted, and the count written when the minute is over. However many
// there are, a minute makes at most about 130 rows; while they do not end, one for each place they come
// from, and fewer and fewer places are told apart.
//
// It is safe for concurrent use. Close writes what is still open.
type Tally struct {
	store *store.Store
	log   *slog.Logger
	now   func() time.Time

	mu     sync.Mutex
	sums   map[event.Event]int64 // without time and count → how many were not written yet
	others map[event.Kind]int64
	room   int         // how many sums there may be
	timer  *time.Timer // runs while sums is not empty
	once   map[event.Event]time.Time
	closed bool
	gate   sync.RWMutex // held shared while rows are written; Close waits for it
}

// NewTally makes an empty one.
func NewTally(s *store.Store, log *slog.Logger, now func() time.Time) *Tally {
	return &Tally{store: s, log: log, now: now, room: tallyKeys, sums: make(map[event.Event]int64),
		others: make(map[event.Kind]int64), once: make(map[event.Event]time.Time)}
}

// Add writes e, or counts it. Time, ID and Count of e are not looked at.
func (t *Tally) Add(ctx context.Context, e event.Event) {
	e.ID, e.Time, e.Count = 0, time.Time{}, 0
	t.gate.RLock()
	defer t.gate.RUnlock()
	if t.first(e) {
		t.append(ctx, e)
	}
}

// Note is Add for who cannot wait for a disk.
func (t *Tally) Note(e event.Event) {
	e.ID, e.Time, e.Count = 0, time.Time{}, 0
	t.gate.RLock()
	if !t.first(e) {
		t.gate.RUnlock()
		return
	}
	go func() { // Close waits at the gate
		defer t.gate.RUnlock()
		t.append(context.Background(), e)
	}()
}

// first notes e and reports whether it is to be written now.
func (t *Tally) first(e event.Event) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	if t.timer == nil {
		t.timer = time.AfterFunc(tallyWindow, t.Flush)
	}
	if n, ok := t.sums[e]; ok {
		t.sums[e] = n + 1
		return false
	}
	if len(t.sums) >= t.room {
		t.others[e.Kind]++
		return false
	}
	t.sums[e] = 0
	return true
}

// Once writes e unless it was written within the last d, and reports whether it did.
func (t *Tally) Once(ctx context.Context, d time.Duration, e event.Event) bool {
	now := t.now()
	t.mu.Lock()
	last, ok := t.once[e]
	if age := now.Sub(last); t.closed || ok && age >= 0 && age < d {
		t.mu.Unlock()
		return false
	}
	if len(t.once) >= tallyOnce {
		clear(t.once)
	}
	t.once[e] = now
	t.mu.Unlock()
	t.Add(ctx, e)
	return true
}

// forget makes Once write of a party at an address again: it went.
func (t *Tally) forget(identity, remote string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for e := range t.once {
		if e.Identity == identity && e.Remote == remote {
			delete(t.once, e)
		}
	}
}

// Flush writes the counts and begins a new window.
func (t *Tally) Flush() {
	t.gate.RLock()
	defer t.gate.RUnlock()
	t.append(context.Background(), t.take()...)
}

// take ends the window and returns what was counted. An attack that goes on is counted on.
func (t *Tally) take() (out []event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	if full := len(t.others) > 0; full {
		t.room = max(tallyLeast, t.room/2)
	} else {
		t.room = tallyKeys
	}
	goOn := 0
	for e, n := range t.sums {
		told := e
		if told.Count = n; n > 0 {
			out = append(out, told)
		}
		if n > 0 && goOn < t.room && (e.Kind == event.Wrong || e.Kind == event.Refused) {
			t.sums[e] = 0
			goOn++
		} else {
			delete(t.sums, e)
		}
	}
	for kind, n := range t.others {
		out = append(out, event.Event{Kind: kind, Count: n, Text: event.Number(n) + " more within a minute, from elsewhere"})
	}
	clear(t.others)
	if len(t.sums) > 0 && !t.closed {
		t.timer = time.AfterFunc(tallyWindow, t.Flush)
	}
	return out
}

// Close writes the counts; later events are dropped. It waits for what is being written.
func (t *Tally) Close() error {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.gate.Lock()
	defer t.gate.Unlock()
	t.append(context.Background(), t.take()...)
	return nil
}

// append writes events; that they cannot be written must not keep anybody from signing in.
func (t *Tally) append(ctx context.Context, events ...event.Event) {
	if len(events) == 0 {
		return
	}
	err := t.store.Write(context.WithoutCancel(ctx), store.Fast, func(tx *store.Tx) error {
		for i := range events {
			if err := tx.Append(&events[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.log.Warn("events were not written", "kind", events[0].Kind, "error", err)
	}
}
