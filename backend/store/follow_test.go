package store

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"portico/backend/event"
)

// The bus over the real log: whoever follows sees each committed event once, in order, and nothing
// that was rolled back.
func TestFollowTheLog(t *testing.T) {
	var bus *event.Bus
	s := open(t, Options{Appended: func(e []event.Event) { bus.Publish(e) }})
	bus = event.NewBus(s, slog.New(slog.DiscardHandler))
	defer bus.Close()
	const writers, each = 6, 150
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var followers, producers sync.WaitGroup
	for range 5 {
		followers.Go(func() {
			last, seen := int64(0), 0
			for e, err := range bus.Follow(ctx, 0) {
				if err != nil {
					t.Error(err)
					return
				}
				if e.ID <= last || e.Path != "/kept" {
					t.Errorf("%q, id %d after %d", e.Path, e.ID, last)
				}
				last = e.ID
				if seen++; seen == writers*each {
					return
				}
			}
		})
	}
	lost := errors.New("lost")
	for range writers {
		producers.Go(func() {
			for i := range each {
				err := s.Write(ctx, Durability(i%2), put("/kept"))
				if i%10 == 0 {
					failed := s.Write(ctx, Fast, func(tx *Tx) error { return errors.Join(put("/lost")(tx), lost) })
					if !errors.Is(failed, lost) {
						t.Error(failed)
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	producers.Wait()
	followers.Wait()
}
