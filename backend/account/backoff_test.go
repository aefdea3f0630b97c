package account

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var plain = Waits{Free: 2, First: time.Second, Most: 10 * time.Second, Forget: time.Minute, Keep: 8}

func TestBackoffSteps(t *testing.T) {
	c := newClock()
	b := NewBackoff[string](c.now, plain)
	for i, want := range []time.Duration{0, 0, 1, 2, 4, 8, 10, 10, 10} {
		if d := b.Try("a"); d != 0 {
			t.Fatalf("attempt %d waits %v", i, d)
		}
		if d := b.Wait("a"); d != want*time.Second {
			t.Fatalf("after attempt %d: %v, want %v s", i, d, want)
		}
		if d := b.Wait("b"); d != 0 {
			t.Fatalf("somebody else waits %v", d)
		}
		for range 5 { // attempts during a wait do not make it longer
			if want > 0 && b.Try("a") != want*time.Second {
				t.Fatalf("after attempt %d the wait grows", i)
			}
		}
		c.add(b.Wait("a"))
	}
}

func TestBackoffClockJumpsBack(t *testing.T) {
	c := newClock()
	b := NewBackoff[string](c.now, plain)
	for range 4 {
		c.add(b.Wait("a"))
		b.Try("a")
	}
	if d := b.Wait("a"); d != 2*time.Second {
		t.Fatalf("%v", d)
	}
	c.add(-24 * 365 * time.Hour)
	if d := b.Wait("a"); d != 2*time.Second {
		t.Fatalf("after the clock jumped back: %v", d)
	}
	c.add(2 * time.Second)
	if d := b.Try("a"); d != 0 {
		t.Fatalf("a year too early: %v", d)
	}
	c.add(24 * 365 * time.Hour)
	if d := b.Wait("a"); d != 0 {
		t.Fatalf("after the clock jumped forward: %v", d)
	}
}

func TestBackoffIsBounded(t *testing.T) {
	c := newClock()
	b := NewBackoff[string](c.now, plain)
	for i := range 1000 {
		b.Try(fmt.Sprint(i))
		b.Try("kept, for it keeps trying")
	}
	if b.Len() != plain.Keep {
		t.Errorf("%d keys", b.Len())
	}
	if b.Wait("kept, for it keeps trying") == 0 {
		t.Error("others pushed it out")
	}
}

// TestBackoffNeverBans: whatever happens, the wait is bounded, it is told truly, and it ends.
func TestBackoffNeverBans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		b := NewBackoff[int](c.now, plain)
		keys := rapid.IntRange(0, 12)
		t.Repeat(map[string]func(*rapid.T){
			"try":   func(t *rapid.T) { b.Try(keys.Draw(t, "key")) },
			"back":  func(t *rapid.T) { b.Back(keys.Draw(t, "key")) },
			"probe": func(t *rapid.T) { b.Probe(keys.Draw(t, "key"), false) },
			"time":  func(t *rapid.T) { c.add(time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "jump"))) },
			"": func(t *rapid.T) {
				if b.Len() > plain.Keep {
					t.Fatalf("%d keys", b.Len())
				}
				key := keys.Draw(t, "asked")
				wait := b.Wait(key)
				if wait > plain.Most {
					t.Fatalf("waits %v", wait)
				}
				if wait > 0 {
					c.add(wait)
					if left := b.Wait(key); left > 0 {
						t.Fatalf("was told %v, and still has to wait %v", wait, left)
					}
				}
			},
		})
	})
}
