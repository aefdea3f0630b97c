package share

import (
	"container/list"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"portico/backend/account"
)

// misses bounds how many keys can be tried: by each network, and by all together. A short key has 40
// bits; at one guess a second it takes longer than there is. Each network that is private by its number
// has one look-up in ten minutes that all others' guesses do not hold up: somebody who guesses here must
// not lock out who comes with a good link. Of those, too, there are only so many.
type misses struct {
	each    *account.Backoff[account.Net]
	first   *account.Backoff[account.Net]
	firsts  *account.Backoff[bool]
	all     *account.Backoff[bool] // true: from addresses that are private by their number
	repeats *account.Repeats
}

func newMisses(now func() time.Time) *misses {
	return &misses{
		each: account.NewBackoff[account.Net](now, account.Waits{
			Free: 8, First: time.Second, Most: 2 * time.Minute, Forget: 10 * time.Minute, Keep: 8192}),
		first: account.NewBackoff[account.Net](now, account.Waits{
			First: 10 * time.Minute, Most: 10 * time.Minute, Forget: 10 * time.Minute, Keep: 8192}),
		firsts: account.NewBackoff[bool](now, account.Waits{
			Free: 250, First: 10 * time.Minute, Most: 10 * time.Minute, Forget: 10 * time.Minute, Keep: 1}),
		all: account.NewBackoff[bool](now, account.Waits{
			Free: 120, First: time.Second, Most: 2 * time.Second, Forget: 10 * time.Minute, Keep: 2}),
		repeats: account.NewRepeats(),
	}
}

// admit counts a look-up in advance; above 0 it is how long to wait instead. first: it was the network's
// own. A page that keeps asking for the same ended share is no guesser.
func (m *misses) admit(key string, a netip.Addr) (first bool, wait time.Duration) {
	from, near := account.NetworkOf(a), private(plainAddr(a))
	if m.repeats.Has(from, sha256.Sum256([]byte(key))) {
		return false, 0
	}
	if wait := m.each.Try(from); wait > 0 {
		return false, wait
	}
	if near && m.first.Try(from) == 0 {
		if m.firsts.Try(true) == 0 {
			return true, 0
		}
		m.first.Back(from)
	}
	if wait = m.all.Try(near); wait > 0 {
		m.each.Back(from)
	}
	return false, wait
}

// judged tells what became of a look-up that admit let pass.
func (m *misses) judged(key string, a netip.Addr, first, hit bool) {
	from, sum := account.NetworkOf(a), sha256.Sum256([]byte(key))
	repeated := m.repeats.Has(from, sum)
	if !hit {
		m.repeats.Put(from, sum)
		return
	}
	switch {
	case first:
		m.each.Back(from)
		m.first.Back(from)
		m.firsts.Back(true)
	case !repeated:
		m.each.Back(from)
		m.all.Back(private(plainAddr(a)))
	}
}

const (
	visitLife = 10 * time.Minute // without a request
	visitMost = 4096
)

// visits remembers who opened a share lately and keeps no cookies. Bounded: the oldest goes.
type visits struct {
	now   func() time.Time
	mu    sync.Mutex
	known map[visit]*list.Element
	order *list.List // of *visited
}

type visit struct {
	share  string
	remote netip.Addr
	client string
}

type visited struct {
	visit
	since, last time.Time
	admitted    bool // it began with an answer about the device
}

func newVisits(now func() time.Time) *visits {
	return &visits{now: now, known: make(map[visit]*list.Element), order: list.New()}
}

func visitOf(share string, v Visitor) visit {
	return visit{share, plainAddr(v.Remote), v.Client[:min(len(v.Client), 200)]}
}

// recent reports whether the visitor was noted, and came back again and again since then. Even so a
// visit ends after a day. admitted is what note was told.
func (v *visits) recent(share string, from Visitor) (ok, admitted bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	e, ok := v.known[visitOf(share, from)]
	if !ok {
		return false, false
	}
	at, now := e.Value.(*visited), v.now()
	quiet, age := now.Sub(at.last), now.Sub(at.since)
	if quiet < 0 || quiet >= visitLife || age >= passCounted {
		return false, false
	}
	at.last = now
	v.order.MoveToFront(e)
	return true, at.admitted
}

func (v *visits) note(share string, from Visitor, admitted bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	key := visitOf(share, from)
	if e, ok := v.known[key]; ok {
		v.order.Remove(e)
	}
	v.known[key] = v.order.PushFront(&visited{key, v.now(), v.now(), admitted})
	if v.order.Len() > visitMost {
		last := v.order.Back()
		delete(v.known, last.Value.(*visited).visit)
		v.order.Remove(last)
	}
}
