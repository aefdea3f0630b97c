package event

import (
	"context"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Source is the durable log. Events returns up to limit events with an id above after, in order.
type Source interface {
	Events(ctx context.Context, after int64, limit int) ([]Event, error)
}

// Newest is what a Source may implement too: the id of its newest event, 0 when it is empty.
type Newest interface {
	NewestEvent(ctx context.Context) (int64, error)
}

// Now as a cursor means: only what happens from here on.
const Now int64 = -1

const (
	loadLimit  = 256             // events fetched from the log at once
	tailLimit  = 1024            // newest events kept in memory for all followers
	retryAfter = 2 * time.Second // after the log could not be read

	// rest is how long a follower leaves be what comes right after what it has seen: a thousand events
	// a second wake it a hundred times, not a thousand.
	rest = 10 * time.Millisecond
)

// Bus wakes whoever reacts to events. It holds no truth: followers are cursors over the log, the bus
// only tells them that there is more, and keeps the newest events so that a hundred followers cost
// one query. It is safe for concurrent use.
type Bus struct {
	src  Source
	log  *slog.Logger
	load chan struct{} // held while the log is read, so that one follower reads for all

	mu     sync.Mutex
	newest int64         // highest id that Wake or Publish was told
	wake   chan struct{} // closed at the next of these; nil while nobody waits
	after  int64         // tail holds every event with after < id ≤ the last one's
	tail   []Event

	life context.Context // ends with Close
	end  context.CancelFunc
}

// NewBus makes a bus over src. Wake or Publish must be called for every append, in order.
func NewBus(src Source, log *slog.Logger) *Bus {
	life, end := context.WithCancel(context.Background())
	return &Bus{src: src, log: log, load: make(chan struct{}, 1), life: life, end: end}
}

// Wake tells that the log now goes up to newest. It never blocks.
func (b *Bus) Wake(newest int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if newest > b.newest {
		b.wakes(newest)
	}
}

// Publish is Wake that hands over what was appended, so that nobody has to read it from the log. The
// slice remains the caller's.
func (b *Bus) Publish(events []Event) {
	if len(events) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.tail)
	if n == 0 || b.tail[n-1].ID < b.newest { // the log holds more before than is remembered
		b.after, b.tail = events[0].ID-1, slices.Clone(events)
	} else {
		last := b.tail[n-1].ID
		for len(events) > 0 && events[0].ID <= last { // somebody has read it already
			events = events[1:]
		}
		b.tail = append(b.tail, events...)
	}
	b.bound()
	b.wakes(max(b.newest, b.tail[len(b.tail)-1].ID))
}

// wakes needs b.mu.
func (b *Bus) wakes(newest int64) {
	b.newest = newest
	if b.wake != nil {
		close(b.wake)
		b.wake = nil
	}
}

// Close ends every Follow.
func (b *Bus) Close() { b.end() }

// Follow yields every event after the cursor, in order, each exactly once, and waits for more; with
// Now only those appended after the first step of the loop. It ends with ctx and with Close. An
// error of the log is yielded with a zero event; if the loop goes on after it, the log is asked
// again after a pause and nothing is lost.
func (b *Bus) Follow(ctx context.Context, after int64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(b.life, cancel)()
		for cursor := after; ctx.Err() == nil && b.life.Err() == nil; {
			events, err := b.batch(ctx, &cursor)
			for _, e := range events {
				if ctx.Err() != nil || !yield(e, nil) {
					return
				}
				cursor = e.ID
			}
			if err == nil && len(events) < loadLimit {
				pause(ctx, rest)
			}
			if err == nil || ctx.Err() != nil || b.life.Err() != nil {
				continue
			}
			b.log.Warn("the event log could not be read", "after", cursor, "error", err)
			if !yield(Event{}, err) || !pause(ctx, retryAfter) {
				return
			}
		}
	}
}

// batch returns the next events after the cursor, waiting for at least one.
func (b *Bus) batch(ctx context.Context, cursor *int64) ([]Event, error) {
	if *cursor == Now {
		id, err := b.newestID(ctx)
		if err != nil {
			return nil, err
		}
		*cursor = id
	}
	return b.next(ctx, *cursor)
}

func (b *Bus) newestID(ctx context.Context) (int64, error) {
	b.mu.Lock()
	newest := b.newest
	b.mu.Unlock()
	src, ok := b.src.(Newest)
	if !ok {
		return newest, nil
	}
	id, err := src.NewestEvent(ctx)
	return max(id, newest), err
}

// next returns the events after the cursor, at least one, waiting for them if it must.
func (b *Bus) next(ctx context.Context, cursor int64) ([]Event, error) {
	for {
		events, wake := b.remembered(cursor)
		if len(events) > 0 {
			return events, nil
		}
		if wake == nil {
			var err error
			if events, wake, err = b.fetch(ctx, cursor); err != nil || len(events) > 0 {
				return events, err
			}
		}
		if wake == nil { // more came while the log was read
			continue
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// remembered returns what the tail holds after the cursor; or else, when the cursor has reached the
// newest event, the channel that tells of the next one; or neither: then the log must be read.
func (b *Bus) remembered(cursor int64) ([]Event, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.tail); n > 0 && cursor >= b.after && cursor < b.tail[n-1].ID {
		lo, hi := 0, n
		for lo < hi {
			if mid := (lo + hi) / 2; b.tail[mid].ID <= cursor {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		return b.tail[lo:n:n], nil
	}
	if b.newest > 0 && cursor >= b.newest {
		return nil, b.waiter()
	}
	return nil, nil
}

// waiter needs b.mu.
func (b *Bus) waiter() <-chan struct{} {
	if b.wake == nil {
		b.wake = make(chan struct{})
	}
	return b.wake
}

// fetch reads the log after the cursor. With nothing there it returns the channel to wait on, or nil
// when Wake was called meanwhile.
func (b *Bus) fetch(ctx context.Context, cursor int64) ([]Event, <-chan struct{}, error) {
	select {
	case b.load <- struct{}{}:
		defer func() { <-b.load }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if events, wake := b.remembered(cursor); len(events) > 0 || wake != nil {
		return events, wake, nil // another follower read it meanwhile
	}
	b.mu.Lock()
	before := b.newest
	b.mu.Unlock()
	events, err := b.src.Events(ctx, cursor, loadLimit)
	if err != nil {
		return nil, nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(events) == 0 {
		if b.newest != before {
			return nil, nil, nil
		}
		return nil, b.waiter(), nil
	}
	b.remember(cursor, events)
	return events, nil, nil
}

// remember keeps what was read as, or at the end of, the tail. It needs b.mu. Followers hold slices
// of the tail, so its elements are never changed, only appended to or left behind.
func (b *Bus) remember(cursor int64, events []Event) {
	last := events[len(events)-1].ID
	switch n := len(b.tail); {
	case n > 0 && cursor == b.tail[n-1].ID:
		b.tail = append(b.tail, events...)
	case n == 0 || last > b.tail[n-1].ID:
		b.after, b.tail = cursor, events[:len(events):len(events)]
	default:
		return // a follower that catches up far behind
	}
	b.bound()
}

// bound leaves the oldest of the tail behind. It needs b.mu.
func (b *Bus) bound() {
	if extra := len(b.tail) - tailLimit; extra > 0 {
		b.after = b.tail[extra-1].ID
		b.tail = b.tail[extra:]
	}
}

// pause waits, and reports whether ctx still lives.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
