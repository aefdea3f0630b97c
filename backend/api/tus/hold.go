package tus

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// linger is how long a request waits for the one before it, which may just be noticing its end.
const linger = time.Second

// holds makes sure that one request at a time works on an upload.
type holds struct {
	mu    sync.Mutex
	by    map[string]*hold
	ended bool
}

// hold is the one that works now.
type hold struct {
	heard atomic.Int64 // when bytes came last, ns since 1970
	gone  chan struct{}

	mu   sync.Mutex
	cut  bool
	wake func() // unblocks whoever reads the body
}

// take returns the hold on id, nil when another request works on it. force ends that other one;
// otherwise it is ended only when nothing came from it for a while.
func (h *holds) take(ctx context.Context, id string, yield time.Duration, force bool) (*hold, func()) {
	for {
		h.mu.Lock()
		if h.ended {
			h.mu.Unlock()
			return nil, nil
		}
		other := h.by[id]
		if other == nil {
			mine := &hold{gone: make(chan struct{})}
			mine.touch()
			h.by[id] = mine
			h.mu.Unlock()
			return mine, func() { h.release(id, mine) }
		}
		h.mu.Unlock()
		wait := linger
		if force || other.silent() > yield {
			other.end()
			wait = 5 * linger
		}
		t := time.NewTimer(wait)
		select {
		case <-other.gone:
			t.Stop()
			continue
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
		return nil, nil
	}
}

func (h *holds) release(id string, mine *hold) {
	h.mu.Lock()
	delete(h.by, id)
	h.mu.Unlock()
	close(mine.gone)
}

// close ends whoever works now and lets nobody begin.
func (h *holds) close() {
	h.mu.Lock()
	h.ended = true
	working := make([]*hold, 0, len(h.by))
	for _, one := range h.by {
		working = append(working, one)
	}
	h.mu.Unlock()
	for _, one := range working {
		one.end()
	}
}

func (h *hold) touch()                { h.heard.Store(time.Now().UnixNano()) }
func (h *hold) silent() time.Duration { return time.Duration(time.Now().UnixNano() - h.heard.Load()) }

// end tells the holder to stop reading.
func (h *hold) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cut = true
	if h.wake != nil {
		h.wake()
	}
}

// reading runs arm, which sets the deadline of the next read, unless the hold was ended; wake is how
// to end that read. It reports whether to read.
func (h *hold) reading(arm, wake func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cut {
		return false
	}
	h.wake = wake
	arm()
	return true
}
