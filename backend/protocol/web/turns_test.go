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
	var leave []func()
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
		l()
	}
	if n := len(all.own); n != 1 {
		t.Errorf("%d addresses are remembered, one still packs", n)
	}
	var p *problem.Problem
	if !errors.As(tooManyPacks(), &p) || p.Status != http.StatusServiceUnavailable || p.Retry == 0 {
		t.Errorf("%+v", p)
	}
}
