package web

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"portico/backend/problem"
)

// Clients of one address that read slowly leave turns for everybody else.
func TestTurnsOfOneAddress(t *testing.T) {
	all := newTurns(8)
	for range 2 {
		if _, err := all.enter(t.Context(), "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := all.enter(ended, "192.0.2.1"); !errors.Is(err, context.Canceled) {
		t.Errorf("a third turn for one address: %v", err)
	}
	var leave []*turn
	for _, who := range []string{"192.0.2.2", "2001:db8::1", "2001:db8:0:1::1", "192.0.2.3", "192.0.2.4", "192.0.2.5"} {
		l, err := all.enter(t.Context(), who)
		if err != nil {
			t.Fatal(who, err)
		}
		leave = append(leave, l)
	}
	if _, err := all.enter(ended, "192.0.2.6"); err == nil {
		t.Error("a ninth turn")
	}
	for _, l := range leave {
		l.leave()
	}
	if n := len(all.own); n != 1 {
		t.Errorf("%d addresses are remembered, one still packs", n)
	}
	var p *problem.Problem
	if !errors.As(tooManyPacks(), &p) || p.Status != http.StatusServiceUnavailable || p.Retry == 0 {
		t.Errorf("%+v", p)
	}
}

// TestTurnsWhileSending: whoever reads slowly holds no turn, only what their archives weigh.
func TestTurnsWhileSending(t *testing.T) {
	all := newTurns(4)
	var slow []*turn
	for range 20 {
		at, err := all.enter(t.Context(), "192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		if err := at.hold(100, false); err != nil {
			t.Fatal(err)
		}
		at.pause()
		slow = append(slow, at)
	}
	at, err := all.enter(t.Context(), "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	inside := writing(func() {
		if len(all.all) != 0 {
			t.Error("a turn is held while bytes are sent")
		}
	})
	if _, err := (&sending{inside, at, t.Context()}).Write([]byte("x")); err != nil || len(all.all) != 1 {
		t.Error(err, len(all.all))
	}
	if err := at.hold(mostHeld/4, false); err == nil {
		t.Error("one address holds more than a quarter")
	}
	for _, at := range append(slow, at) {
		at.leave()
	}
	if all.held != 0 || len(all.own) != 0 || len(all.all) != 0 {
		t.Errorf("%d names, %d addresses, %d turns are left", all.held, len(all.own), len(all.all))
	}
}

type writing func()

func (w writing) Write(b []byte) (int, error) {
	w()
	return len(b), nil
}
