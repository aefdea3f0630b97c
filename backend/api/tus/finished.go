package tus

import (
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/vfs"
)

const (
	receiptsKept = 4096
	receiptTime  = 24 * time.Hour
)

// finished remembers what was committed lately: a client that lost our last answer asks for the
// offset, and must learn that everything arrived instead of sending it again.
type finished struct {
	mu    sync.Mutex
	by    map[string]*receipt
	order []string // oldest first
}

// receipt is what the last answer said.
type receipt struct {
	by     access.Identity
	at     time.Time
	length int64
	meta   string
	result vfs.Result
}

func (f *finished) add(id string, r *receipt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.by[id] = r
	f.order = append(f.order, id)
	for len(f.order) > receiptsKept || len(f.order) > 0 && r.at.Sub(f.by[f.order[0]].at) > receiptTime {
		delete(f.by, f.order[0])
		f.order = f.order[1:]
	}
}

func (f *finished) get(id string, who access.Identity) *receipt {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.by[id]; r != nil && r.by.Is(who) {
		return r
	}
	return nil
}
