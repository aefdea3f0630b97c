//go:build desktop

package app

import (
	"context"
	"slices"
	"sync"

	"portico/backend/server"
)

// happenings carries what happens on the desktop to the page in the window.
type happenings struct {
	mu    sync.Mutex
	ears  map[chan server.DesktopEvent]bool
	waits []server.DesktopEvent // for the next page that listens
	state []server.DesktopEvent // how things stand, for every page that listens from now on
}

const happeningsMost = 64 // for one page that does not read; older ones are dropped

// tell tells every page, and reports whether there was one. Where keep is set, the next page is told
// if there is none.
func (h *happenings) tell(e server.DesktopEvent, keep bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ear := range h.ears {
		select {
		case ear <- e:
		default:
		}
	}
	if len(h.ears) == 0 && keep {
		// Only the last place to go is of use.
		h.waits = append(h.waits[:0], e)
	}
	return len(h.ears) > 0
}

// stand tells every page how things stand, also those that come later.
func (h *happenings) stand(e server.DesktopEvent) {
	h.mu.Lock()
	h.state = append(h.state[:0], e)
	h.mu.Unlock()
	h.tell(e, false)
}

// listen returns what happens until ctx ends.
func (h *happenings) listen(ctx context.Context) <-chan server.DesktopEvent {
	ear := make(chan server.DesktopEvent, happeningsMost)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range slices.Concat(h.state, h.waits) {
		ear <- e
	}
	h.waits = nil
	if h.ears == nil {
		h.ears = make(map[chan server.DesktopEvent]bool)
	}
	h.ears[ear] = true
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.ears, ear)
		close(ear)
	})
	return ear
}
