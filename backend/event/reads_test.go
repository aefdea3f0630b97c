package event

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sink is where sums go.
type sink struct {
	mu     sync.Mutex
	events []Event
	calls  int
	broken error
}

func (s *sink) append(_ context.Context, events []Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.broken == nil {
		s.events = append(s.events, events...)
	}
	return s.broken
}

// told returns what was told so far, and in how many calls.
func (s *sink) told() ([]Event, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events, s.calls
}

func (s *sink) breaks(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
}

func newReads(s *sink) *Reads { return NewReads(s.append, slog.New(slog.DiscardHandler)) }

func TestReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		r := newReads(&s)
		film := Event{Path: "/films/a.mkv", Size: 10, Identity: "guest:", Client: "VLC", Door: "http", Remote: "10.0.0.7", Hash: "x", Node: 3}
		for range 1000 {
			r.Add(film)
		}
		for i := range 14 {
			r.Add(Event{Path: fmt.Sprintf("/in/%d", i), Size: 2, Identity: "account:1", Batch: "b"})
		}
		r.Add(Event{Path: "/in/0", Size: 1, Identity: "account:1", Batch: "c"})
		r.Add(Event{Path: "/in", Count: 200, Size: 5, Identity: "account:2"}) // an archive
		r.Add(Event{Path: "/top", Size: 1})
		r.Add(Event{Path: "/other", Size: 1})
		time.Sleep(readsWindow - time.Millisecond)
		synctest.Wait()
		if _, calls := s.told(); calls != 0 {
			t.Error("told before the minute was over")
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		film.Kind, film.Size, film.Count = Read, 10_000, 1
		want := []Event{
			film,
			{Kind: Read, Path: "/in", Count: 14, Size: 28, Identity: "account:1", Batch: "b"},
			{Kind: Read, Path: "/in/0", Count: 1, Size: 1, Identity: "account:1", Batch: "c"},
			{Kind: Read, Path: "/in", Count: 200, Size: 5, Identity: "account:2"},
			{Kind: Read, Path: "/", Count: 2, Size: 2},
		}
		if got, _ := s.told(); !reflect.DeepEqual(got, want) {
			t.Errorf("got\n%+v\nwant\n%+v", got, want)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if _, calls := s.told(); calls != 1 {
			t.Errorf("%d calls without reads", calls)
		}
		r.Add(film)
		if err := r.Close(t.Context()); err != nil || len(s.events) != 6 {
			t.Errorf("Close: %v, %d events", err, len(s.events))
		}
		r.Add(film)
		if err := r.Close(t.Context()); err != nil || len(s.events) != 6 {
			t.Errorf("after Close: %v, %d events", err, len(s.events))
		}
	})
}

func TestReadsKeepsWhatCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sink{broken: errors.New("disk")}
		r := newReads(&s)
		r.Add(Event{Path: "/a/1", Size: 1})
		time.Sleep(readsWindow + time.Second)
		r.Add(Event{Path: "/a/1", Size: 1})
		r.Add(Event{Path: "/a/2", Size: 1})
		time.Sleep(readsWindow / 2)
		s.breaks(nil)
		time.Sleep(readsWindow)
		synctest.Wait()
		want := []Event{{Kind: Read, Path: "/a", Count: 2, Size: 3}}
		if got, _ := s.told(); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		s.breaks(errors.New("disk"))
		r.Add(Event{Path: "/a/1", Size: 1})
		if err := r.Close(t.Context()); err == nil {
			t.Error("Close did not tell")
		}
	})
}

// Very many parties are told of early; while nothing can be written, memory stays bounded.
func TestReadsManyParties(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		r := newReads(&s)
		for i := range readsKeys + 1 {
			r.Add(Event{Path: "/a/1", Size: 1, Identity: fmt.Sprint("account:", i)})
		}
		synctest.Wait()
		if got, _ := s.told(); len(got) != readsKeys+1 {
			t.Errorf("%d told of", len(got))
		}
		s.breaks(errors.New("disk"))
		for i := range 3 * readsKeys {
			r.Add(Event{Path: "/a/1", Size: 1, Identity: fmt.Sprint("account:", i)})
		}
		synctest.Wait()
		r.mu.Lock()
		if len(r.sums) > readsLost || len(r.sums) < readsKeys {
			t.Errorf("%d sums kept", len(r.sums))
		}
		r.mu.Unlock()
		r.Close(t.Context())
	})
}

// Nothing is lost or counted twice between writers and flushes.
func TestReadsRace(t *testing.T) {
	var s sink
	r := newReads(&s)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 5000 {
				r.Add(Event{Path: "/a/b", Size: 1, Identity: fmt.Sprint(i, "-", n%500)}) // never more sums than are kept
			}
		})
	}
	stop := make(chan struct{})
	var flusher sync.WaitGroup
	flusher.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				_ = r.flush(context.Background())
			}
		}
	})
	wg.Wait()
	close(stop)
	flusher.Wait()
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, e := range s.events {
		total += e.Size
	}
	if total != 8*5000 {
		t.Errorf("%d reads were told of, want %d", total, 8*5000)
	}
}
