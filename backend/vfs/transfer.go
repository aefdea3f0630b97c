package vfs

import (
	"cmp"
	"slices"
	"time"

	"portico/backend/access"
)

// Transfer is one open File or Writer.
type Transfer struct {
	ID       string
	Verb     Verb   // VerbOpen: bytes go out; VerbCreate: bytes come in
	Path     string // canonical tree path
	Identity access.Identity
	Origin   Origin
	Done     int64 // bytes moved so far
	Total    int64 // bytes in all, -1 unknown
	Since    time.Time
	Waiting  bool // a write that was kept and waits for Resume (Tree.Waiting)
}

// Transfers lists what is open now, the oldest first.
func (t *Tree) Transfers() []Transfer {
	var out []Transfer
	for _, s := range t.allSessions() {
		s.mu.Lock()
		for h := s.handles; h != nil; h = h.next {
			out = append(out, Transfer{
				ID: h.id(), Verb: h.verb, Path: h.path, Identity: s.id, Origin: s.origin,
				Done: h.moved.Load(), Total: h.total, Since: h.since,
			})
		}
		s.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b Transfer) int { return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Begins returns a channel that is closed when the next transfer begins. It costs nothing while nobody
// waits, and nothing to whoever does not.
func (t *Tree) Begins() <-chan struct{} {
	for {
		if c := t.begins.Load(); c != nil {
			return *c
		}
		if c := make(chan struct{}); t.begins.CompareAndSwap(nil, &c) {
			return c
		}
	}
}

// Stop ends one transfer: its client sees an error within a second, also when it is stalled. A
// Writer is aborted, or kept where it asked for that; one that waits is discarded. It reports whether
// there was such a transfer.
func (t *Tree) Stop(transfer string) bool {
	found := t.stopWaiting(transfer)
	for _, s := range t.allSessions() {
		s.endHandles(func(h *handle) bool {
			hit := h.id() == transfer
			found = found || hit
			return hit
		}, ErrClosed)
	}
	return found
}
