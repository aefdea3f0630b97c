package api

import (
	"testing"
	"time"

	"portico/backend/vfs"
)

func TestMeter(t *testing.T) {
	var m meter
	start := time.Unix(1000, 0)
	look := func(after time.Duration, done int64) int64 {
		t.Helper()
		return m.look([]vfs.Transfer{{ID: "a", Done: done}, {ID: "b"}}, start.Add(after))["a"]
	}
	if got := look(0, 5000); got != 0 {
		t.Errorf("what lay there before was counted: %d", got)
	}
	if got := look(time.Second, 6000); got != 1000 {
		t.Errorf("%d, want 1000", got)
	}
	if got := look(time.Second+meterPause/2, 900_000); got != 1000 {
		t.Errorf("a look too soon measured %d", got)
	}
	if got := look(2*time.Second, 7000); got != 1000 {
		t.Errorf("%d, want 1000", got)
	}
	if got := look(5*time.Second, 7000+3*4000); got <= 1000 || got >= 4000 {
		t.Errorf("%d is not between the old speed and the new", got)
	}
	for i := range 60 {
		look(time.Duration(6+i)*time.Second, 19_000)
	}
	if got := look(67*time.Second, 100); got != 0 {
		t.Errorf("it stands still at %d", got)
	}
	m.look(nil, start.Add(70*time.Second))
	if len(m.seen) != 0 {
		t.Errorf("%d are remembered that ended", len(m.seen))
	}
}

func TestRounded(t *testing.T) {
	for speed, want := range map[float64]int64{0: 0, 0.4: 0, 1: 1, 12.6: 13, 123.4: 123, 1239: 1240, 123_456_789: 123_000_000, 99_999: 100_000} {
		if got := rounded(speed); got != want {
			t.Errorf("%v became %d, want %d", speed, got, want)
		}
	}
}
