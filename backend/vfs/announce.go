package vfs

import (
	"sync"
	"time"

	"portico/backend/access"
)

// Announced is what a client said of a batch that it sends: a claim, for showing only.
type Announced struct {
	Identity access.Identity
	Origin   Origin // with BatchFiles and BatchBytes
	At       time.Time
}

// mostAnnounced bounds what is remembered of batches; the oldest is forgotten.
const mostAnnounced = 256

// announcements remember the latest claim of each batch, also of files that come too fast to be seen
// among the transfers.
type announcements struct {
	mu sync.Mutex
	by map[announcement]Announced
}

type announcement struct{ identity, door, remote, client, batch string }

// note takes the claim of a session that begins.
func (a *announcements) note(id access.Identity, o Origin, now time.Time) {
	if o.Batch == "" || o.BatchFiles <= 0 && o.BatchBytes <= 0 {
		return
	}
	key := announcement{id.String(), o.Door, o.Remote, o.Client, o.Batch}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.by[key]; !known && len(a.by) >= mostAnnounced {
		var oldest announcement
		at := now
		for k, v := range a.by {
			if !v.At.After(at) {
				oldest, at = k, v.At
			}
		}
		delete(a.by, oldest)
	}
	if a.by == nil {
		a.by = make(map[announcement]Announced)
	}
	a.by[key] = Announced{id, o, now}
}

// Announced returns what clients said lately of the batches that they send, in no order.
func (t *Tree) Announced() []Announced {
	t.announced.mu.Lock()
	defer t.announced.mu.Unlock()
	out := make([]Announced, 0, len(t.announced.by))
	for _, one := range t.announced.by {
		out = append(out, one)
	}
	return out
}
