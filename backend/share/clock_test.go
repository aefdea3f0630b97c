package share

import (
	"errors"
	"testing"
	"time"
)

// TestClockGoesBack: what has ended stays so when the clock of the computer is set back, and one that
// still holds goes on.
func TestClockGoesBack(t *testing.T) {
	h := newHouse(t)
	short := h.share(owner, NewShare{Path: "/photos", Expires: h.clock.now().Add(time.Hour)})
	long := h.share(owner, NewShare{Path: "/photos", Expires: h.clock.now().Add(48 * time.Hour)})
	h.clock.add(2 * time.Hour)
	if _, err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.clock.add(-24 * time.Hour)
	if _, _, err := h.Open(t.Context(), short.Key, phone); !errors.Is(err, ErrNone) {
		t.Errorf("what has expired: %v", err)
	}
	if _, _, err := h.Open(t.Context(), long.Key, phone); err != nil {
		t.Errorf("what has not: %v", err)
	}
}
