package account

import (
	"container/list"
	"sync"
	"time"
)

// Waits says how a Backoff counts.
type Waits struct {
	Free   int           // wrong attempts before the first wait
	First  time.Duration // the first wait; each further one is twice as long
	Most   time.Duration // the longest wait
	Forget time.Duration // all is forgotten after so long without a wrong attempt
	Keep   int           // how many keys are remembered; the one unused for longest goes
}

// probes is how many verified credentials are looked for, and not found, during one wait.
const probes = 64

// Backoff makes whoever shows wrong secrets wait, longer each time, and always says how long. It
// never bans. Attempts during a wait do not make it longer, so a client that knows no better gets
// in again. A clock that jumps backwards makes nobody wait longer than the wait they had earned.
// It is safe for concurrent use and its memory is bounded.
type Backoff[K comparable] struct {
	w   Waits
	now func() time.Time

	mu    sync.Mutex
	known map[K]*list.Element
	order *list.List // of *strikes[K], the one used last in front
}

type strikes[K comparable] struct {
	key    K
	count  int
	last   time.Time
	until  time.Time
	probed int
}

// NewBackoff makes an empty one.
func NewBackoff[K comparable](now func() time.Time, w Waits) *Backoff[K] {
	return &Backoff[K]{w: w, now: now, known: make(map[K]*list.Element), order: list.New()}
}

// Wait returns how long key has to wait now; 0: it may try.
func (b *Backoff[K]) Wait(key K) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.get(key); s != nil {
		return b.left(s)
	}
	return 0
}

// Try counts an attempt in advance, so that many at once count as many. A result above 0 is how
// long key has to wait, and nothing was counted. Take the attempt back when it turns out right.
func (b *Backoff[K]) Try(key K) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.get(key)
	if s == nil {
		s = &strikes[K]{key: key}
		b.known[key] = b.order.PushFront(s)
		b.trim()
	}
	if wait := b.left(s); wait > 0 {
		return wait
	}
	b.order.MoveToFront(b.known[key])
	s.count++
	s.last = b.now()
	s.until = s.last.Add(b.step(s.count))
	s.probed = 0
	return 0
}

// Back takes one attempt back: it was right, or was not judged.
func (b *Backoff[K]) Back(key K) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.known[key]
	if !ok {
		return
	}
	s := e.Value.(*strikes[K])
	s.count--
	s.until = time.Time{}
	if s.count <= 0 {
		b.order.Remove(e)
		delete(b.known, key)
	}
}

// Probe reports whether a waiting key may have its credential looked up among those verified
// lately, and counts when none was found: enough for a person whose neighbour guesses, too few to
// guess with.
func (b *Backoff[K]) Probe(key K, found bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.get(key)
	if s == nil || b.left(s) <= 0 {
		return true
	}
	if !found {
		s.probed++
	}
	return s.probed <= probes
}

// Len returns how many keys are remembered.
func (b *Backoff[K]) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.known)
}

// step is the wait after the n-th wrong attempt.
func (b *Backoff[K]) step(n int) time.Duration {
	d := b.w.First
	switch n -= b.w.Free + 1; {
	case n < 0:
		return 0
	case n >= 30 || d<<n > b.w.Most:
		return b.w.Most
	default:
		return d << n
	}
}

// left returns the wait of s; the clock may have jumped in either direction since it was noted.
func (b *Backoff[K]) left(s *strikes[K]) time.Duration {
	return min(s.until.Sub(b.now()), b.step(s.count))
}

// get returns the strikes of key unless they are to be forgotten.
func (b *Backoff[K]) get(key K) *strikes[K] {
	e, ok := b.known[key]
	if !ok {
		return nil
	}
	s := e.Value.(*strikes[K])
	now := b.now()
	if now.Before(s.last) { // the clock jumped backwards: wait and memory begin anew
		s.last = now
		s.until = now.Add(min(b.step(s.count), max(0, s.until.Sub(now))))
	}
	if now.Sub(s.last) > b.w.Forget+b.step(s.count) {
		b.order.Remove(e)
		delete(b.known, key)
		return nil
	}
	return s
}

func (b *Backoff[K]) trim() {
	for len(b.known) > b.w.Keep {
		e := b.order.Back()
		b.order.Remove(e)
		delete(b.known, e.Value.(*strikes[K]).key)
	}
}
