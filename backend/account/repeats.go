package account

import (
	"container/list"
	"crypto/sha256"
	"sync"
)

const (
	repeatsMost = 8192 // networks
	repeatsEach = 4    // latest wrong secrets of each
)

// Repeats remembers the latest wrong secrets of each network, as digests, so that a client which
// repeats a stale one is no guesser. It is safe for concurrent use and bounded.
type Repeats struct {
	mu    sync.Mutex
	known map[Net]*list.Element
	order *list.List // of *repeated, the one used last in front
}

type repeated struct {
	net  Net
	sums [repeatsEach][sha256.Size]byte
	next int
}

// NewRepeats makes an empty one.
func NewRepeats() *Repeats {
	return &Repeats{known: make(map[Net]*list.Element), order: list.New()}
}

// Has reports whether a network showed this very secret lately.
func (r *Repeats) Has(from Net, sum [sha256.Size]byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.known[from]
	if !ok {
		return false
	}
	for _, known := range e.Value.(*repeated).sums {
		if known == sum {
			r.order.MoveToFront(e)
			return true
		}
	}
	return false
}

// Put remembers a wrong secret.
func (r *Repeats) Put(from Net, sum [sha256.Size]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.known[from]
	if !ok {
		e = r.order.PushFront(&repeated{net: from})
		r.known[from] = e
		if r.order.Len() > repeatsMost {
			last := r.order.Back()
			delete(r.known, last.Value.(*repeated).net)
			r.order.Remove(last)
		}
	}
	w := e.Value.(*repeated)
	w.sums[w.next] = sum
	w.next = (w.next + 1) % repeatsEach
}

// Clear forgets everything: what was wrong may be right now.
func (r *Repeats) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.known)
	r.order.Init()
}
