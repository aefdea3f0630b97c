package share

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// TestGuessersLockOutNobody: while many addresses of the own network guess, a visitor who comes new
// with a good link gets in, and those who guess get no more than their share.
func TestGuessersLockOutNobody(t *testing.T) {
	now := time.Now()
	m := newMisses(func() time.Time { return now })
	passed := 0
	for try := range 8 {
		for i := range 100 {
			a := netip.AddrFrom4([4]byte{192, 168, 1, byte(i)})
			key := fmt.Sprintf("wrong%d-%d", try, i)
			if first, wait := m.admit(key, a); wait == 0 {
				m.judged(key, a, first, false)
				passed++
			}
		}
	}
	if passed != 100+121 {
		t.Errorf("%d guesses passed, want one of each address and 121 of all", passed)
	}
	visitor := netip.MustParseAddr("192.168.1.200")
	for range 3 { // several people at one address
		first, wait := m.admit("good", visitor)
		if wait != 0 {
			t.Fatalf("a new visitor waits %v", wait)
		}
		m.judged("good", visitor, first, true)
	}
	if _, wait := m.admit("other", netip.MustParseAddr("192.168.1.1")); wait == 0 {
		t.Error("who guessed before goes on")
	}
	public := netip.MustParseAddr("203.0.113.9")
	for i := range 200 {
		a := netip.AddrFrom4([4]byte{203, 0, 113, byte(i)})
		if first, wait := m.admit("wrong", a); wait == 0 {
			m.judged("wrong", a, first, false)
		}
	}
	if first, wait := m.admit("good", public.Next().Next()); first || wait == 0 {
		t.Error("an address from outside has one of its own")
	}
}
