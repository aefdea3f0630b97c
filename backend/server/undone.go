package server

import (
	"context"
	"slices"
	"sync"

	"portico/backend/api"
)

// undoneMost is how many batches that were taken back are remembered: as many as the API knows.
const undoneMost = 500

// undone is what was taken back, by the id of its newest event; the store keeps it. It is safe for
// concurrent use.
type undone struct {
	s  *Server
	mu sync.Mutex
	of []int64 // the oldest first
}

var _ api.Undone = (*undone)(nil)

func (s *Server) loadUndone(ctx context.Context) *undone {
	u := &undone{s: s}
	s.setting(ctx, "undone", &u.of)
	return u
}

// Has reports whether the batch that ends with an event was taken back.
func (u *undone) Has(newest int64) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Contains(u.of, newest)
}

// Add remembers that it was.
func (u *undone) Add(ctx context.Context, newest int64) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.of = append(u.of, newest)
	u.of = u.of[max(0, len(u.of)-undoneMost):]
	return u.s.setSetting(context.WithoutCancel(ctx), "undone", u.of)
}
