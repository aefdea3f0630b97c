package protocoltest

import (
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/backend/listen"
)

// Away notes whom a door turns away and why. It is safe for concurrent use.
type Away struct {
	mu  sync.Mutex
	why map[listen.Reason]int
}

// Spec is one for a door that listens on loopback and tells a whom it turns away.
func (a *Away) Spec() listen.Spec {
	return listen.Spec{Addrs: []string{"127.0.0.1:0"}, Away: func(_ netip.Addr, why listen.Reason) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.why == nil {
			a.why = make(map[listen.Reason]int)
		}
		a.why[why]++
	}}
}

// Count is how often somebody was turned away with a code.
func (a *Away) Count(code string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for why, times := range a.why {
		if why.Code == code {
			n += times
		}
	}
	return n
}

// Reasons are the different ones there were: lines of Activity.
func (a *Away) Reasons() (out []listen.Reason) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for why := range a.why {
		out = append(out, why)
	}
	return out
}

// Want waits until somebody was turned away with a code, for the reason that holds some words.
func (a *Away) Want(t testing.TB, code, words string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		for _, why := range a.Reasons() {
			if why.Code == code && strings.Contains(why.Text, words) {
				return
			}
		}
	}
	t.Errorf("nobody was turned away by %s (%s), but %v", code, words, a.Reasons())
}

// Quiet checks that nobody was turned away.
func (a *Away) Quiet(t testing.TB) {
	t.Helper()
	if why := a.Reasons(); len(why) > 0 {
		t.Errorf("turned away: %v", why)
	}
}
