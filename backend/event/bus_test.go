package event

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// ledger is a Source in memory that counts how often it is asked.
type ledger struct {
	mu     sync.Mutex
	events []Event
	asked  int
	broken error
}

func (l *ledger) Events(_ context.Context, after int64, limit int) ([]Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	if l.broken != nil {
		return nil, l.broken
	}
	i, _ := slices.BinarySearchFunc(l.events, after+1, func(e Event, id int64) int { return int(e.ID - id) })
	return slices.Clone(l.events[i:min(len(l.events), i+limit)]), nil
}

func (l *ledger) NewestEvent(context.Context) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil || len(l.events) == 0 {
		return 0, l.broken
	}
	return l.events[len(l.events)-1].ID, nil
}

// add appends n events; every second id is left out, as after a rollback or pruning.
func (l *ledger) add(n int) (newest int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		id := int64(2)
		if len(l.events) > 0 {
			id = l.events[len(l.events)-1].ID + 2
		}
		l.events = append(l.events, Event{ID: id, Kind: Created})
		newest = id
	}
	if n == 0 && len(l.events) > 0 {
		newest = l.events[len(l.events)-1].ID
	}
	return newest
}

func (l *ledger) ids(after int64) (ids []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.events {
		if e.ID > after {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func TestFollowersSeeEverythingOnceInOrder(t *testing.T) {
	src := &ledger{}
	src.add(3000)
	bus := NewBus(src, slog.New(slog.DiscardHandler))
	defer bus.Close()

	const total = 8000
	starts := []int64{0, 1, 2, 4000, 5999, 6000, 0, 3001}
	got := make([][]int64, len(starts))
	var wg sync.WaitGroup
	for i, start := range starts {
		wg.Go(func() {
			for e, err := range bus.Follow(t.Context(), start) {
				if err != nil {
					t.Error(err)
					return
				}
				got[i] = append(got[i], e.ID)
				if e.ID == 2*total {
					return
				}
			}
		})
	}
	for n := 3000; n < total; n += 50 {
		bus.Wake(src.add(50))
	}
	wg.Wait()
	for i, start := range starts {
		if want := src.ids(start); !slices.Equal(got[i], want) {
			t.Errorf("from %d: %d events, want %d", start, len(got[i]), len(want))
		}
	}
}

func TestFollowWaitsWithoutAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &ledger{}
		src.add(5)
		bus := NewBus(src, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var mu sync.Mutex
		seen := 0
		for range 100 {
			wg.Go(func() {
				for _, err := range bus.Follow(ctx, 0) {
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					seen++
					mu.Unlock()
				}
			})
		}
		synctest.Wait()
		time.Sleep(time.Hour)
		synctest.Wait()
		if seen != 500 {
			t.Errorf("saw %d, want 500", seen)
		}
		// One read for the five, one that finds nothing more for each of the hundred.
		if src.asked > 101 {
			t.Errorf("the log was asked %d times", src.asked)
		}
		before := src.asked
		bus.Wake(src.add(1))
		synctest.Wait()
		if seen != 600 {
			t.Errorf("saw %d, want 600", seen)
		}
		if n := src.asked - before; n != 1 {
			t.Errorf("one append made %d reads, want 1", n)
		}
		cancel()
		wg.Wait()
	})
}

// TestPublishedIsNotRead: what is handed over reaches every follower without the log, in order and once,
// also one that was told of events only by number in between, and one that comes back later.
func TestPublishedIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &ledger{}
		src.add(5)
		bus := NewBus(src, slog.New(slog.DiscardHandler))
		publish := func(n int) {
			before := src.add(0)
			src.add(n)
			events, _ := src.Events(t.Context(), before, n)
			src.asked--
			bus.Publish(events)
			clear(events) // the slice remains the caller's
		}
		var wg sync.WaitGroup
		got := make([][]int64, 3)
		for i := range got {
			wg.Go(func() {
				for e := range bus.Follow(t.Context(), 0) {
					got[i] = append(got[i], e.ID)
				}
			})
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		asked := src.asked
		for range 3000 {
			publish(1)
			time.Sleep(time.Millisecond)
		}
		publish(700)
		time.Sleep(time.Minute)
		synctest.Wait()
		if src.asked != asked {
			t.Errorf("the log was asked %d times for what was published", src.asked-asked)
		}
		bus.Wake(src.add(10))
		time.Sleep(time.Minute)
		publish(3)
		publish(2000) // more than is remembered
		time.Sleep(time.Minute)
		wg.Go(func() {
			for e := range bus.Follow(t.Context(), 40) {
				if got[2] = append(got[2], e.ID); e.ID == 5000 {
					return
				}
			}
		})
		time.Sleep(time.Minute)
		bus.Close()
		wg.Wait()
		for i := range 2 {
			if want := src.ids(0); !slices.Equal(got[i], want) {
				t.Errorf("%d events, want %d", len(got[i]), len(want))
			}
		}
		if late := got[2][len(src.ids(0)):]; len(late) == 0 || late[0] != 42 || late[len(late)-1] != 5000 || len(late) != (5000-40)/2 {
			t.Errorf("who came back saw %d events", len(late))
		}
	})
}

func TestFollowFromNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &ledger{}
		src.add(10)
		bus := NewBus(src, slog.New(slog.DiscardHandler))
		var got []int64
		var wg sync.WaitGroup
		wg.Go(func() {
			for e := range bus.Follow(t.Context(), Now) {
				got = append(got, e.ID)
			}
		})
		synctest.Wait()
		bus.Wake(src.add(2))
		synctest.Wait()
		bus.Close()
		wg.Wait()
		if !slices.Equal(got, []int64{22, 24}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestFollowGoesOnAfterAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, after := range []int64{0, Now} {
			src := &ledger{broken: errors.New("disk")}
			src.add(2)
			bus := NewBus(src, slog.New(slog.DiscardHandler))
			failures := 0
			var got []int64
			for e, err := range bus.Follow(t.Context(), after) {
				if err == nil {
					got = append(got, e.ID)
					if e.ID == src.ids(0)[len(src.ids(0))-1] {
						break
					}
					continue
				}
				if failures++; failures == 3 {
					src.mu.Lock()
					src.broken = nil
					src.mu.Unlock()
					go func() { time.Sleep(time.Minute); bus.Wake(src.add(1)) }()
				}
			}
			want := []int64{2, 4}
			if after == Now {
				want = []int64{6}
			} else {
				synctest.Wait()
			}
			if failures != 3 || !slices.Equal(got, want) {
				t.Errorf("after %d: %d failures, got %v, want %v", after, failures, got, want)
			}
			time.Sleep(2 * time.Minute)
		}
	})
}

func TestFollowEnds(t *testing.T) {
	bus := NewBus(&ledger{}, slog.New(slog.DiscardHandler))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range bus.Follow(ended, 0) {
		t.Fatal("an event after the end")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range bus.Follow(t.Context(), 0) {
		}
	}()
	bus.Close()
	<-done
	for range bus.Follow(t.Context(), 0) {
		t.Fatal("an event after Close")
	}
}

// TestTailIsBounded: however much is handed over at once, no more is remembered than that, and those who
// follow still see all of it.
func TestTailIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &ledger{}
		bus := NewBus(src, slog.New(slog.DiscardHandler))
		publish := func() {
			before := src.add(0)
			src.add(3 * tailLimit)
			events, _ := src.Events(t.Context(), before, 3*tailLimit)
			bus.Publish(events)
			if len(bus.tail) != tailLimit {
				t.Errorf("%d are remembered", len(bus.tail))
			}
		}
		publish() // the first of all
		publish()
		bus.Wake(src.add(1))
		publish() // with some before them that were not handed over
		seen := 0
		go func() {
			for range bus.Follow(t.Context(), 0) {
				seen++
			}
		}()
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := len(src.ids(0)); seen != want {
			t.Errorf("saw %d, want %d", seen, want)
		}
		bus.Close()
	})
}
