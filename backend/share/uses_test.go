package share

import (
	"context"
	"net/netip"
	"testing"
	"time"
)

func TestUses(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", MaxUses: 2})
	_, _, first := h.open(s.Key, phone)
	for range 5 {
		h.open(s.Key, first) // the same visitor's next requests
	}
	_, _, second := h.open(s.Key, phone) // another browser
	h.refused(s.Key, phone, ErrNone)
	h.open(s.Key, first)
	h.open(s.Key, second)
	if got, err := h.Get(t.Context(), owner, s.ID); err != nil || got.State != UsedUp || got.Uses != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	h.stop()
	h.start()
	h.open(s.Key, first)
	_, _, stranger := h.open(h.share(owner, NewShare{Path: "/photos"}).Key, phone)
	h.refused(s.Key, stranger, ErrNone) // inside somewhere else
	h.clock.add(passCounted)
	h.refused(s.Key, first, ErrNone)
	_, err := h.Update(t.Context(), owner, s.ID, Change{MaxUses: ptr(int64(3))})
	h.must(err)
	h.open(s.Key, first)

	// Who keeps no cookies is known by address and name, for as long as they keep coming, for a day.
	once := h.share(owner, NewShare{Path: "/photos", MaxUses: 1})
	curl := Visitor{Remote: netip.MustParseAddr("192.168.1.31"), Client: "curl/8", Door: "http"}
	for range 30 {
		h.open(once.Key, Visitor{Remote: curl.Remote, Client: curl.Client})
		h.clock.add(visitLife - time.Second)
	}
	h.refused(once.Key, Visitor{Remote: curl.Remote, Client: "wget"}, ErrNone)
	h.refused(once.Key, Visitor{Remote: netip.MustParseAddr("192.168.1.32"), Client: curl.Client}, ErrNone)
	h.clock.add(visitLife)
	h.refused(once.Key, curl, ErrNone)
}

func TestTwoAtOnceForTheLastUse(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", MaxUses: 1})
	results := make(chan error, 8)
	for range cap(results) {
		go func() {
			_, _, err := h.Open(context.Background(), s.Key, phone)
			results <- err
		}()
	}
	in := 0
	for range cap(results) {
		if err := <-results; err == nil {
			in++
		} else if err != ErrNone {
			t.Error(err)
		}
	}
	if in != 1 {
		t.Errorf("%d came in", in)
	}
}
