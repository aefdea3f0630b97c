package web

import (
	"sync"
	"time"
)

// watch cuts clients that hold a request open without moving: fewer than least bytes in a window
// during which the server waited for nothing but them. There is no limit on the whole time.
type watch struct {
	window time.Duration
	least  int64

	mu    sync.Mutex
	flows map[*flow]struct{}
	empty chan struct{} // closed when the last flow leaves; nil until somebody waits
}

func newWatch(window time.Duration, least int64) *watch {
	return &watch{window: window, least: least, flows: make(map[*flow]struct{})}
}

func (w *watch) enter(f *flow) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f.base = mark{at: time.Now(), moved: 0, acked: -1}
	w.flows[f] = struct{}{}
}

func (w *watch) leave(f *flow) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.flows, f)
	if len(w.flows) == 0 && w.empty != nil {
		close(w.empty)
		w.empty = nil
	}
}

// drained waits until no flow is left, for at most grace.
func (w *watch) drained(grace time.Duration) bool {
	w.mu.Lock()
	if len(w.flows) == 0 {
		w.mu.Unlock()
		return true
	}
	empty := make(chan struct{})
	w.empty = empty
	w.mu.Unlock()
	select {
	case <-empty:
		return true
	case <-time.After(grace):
		return false
	}
}

// run looks at all flows several times in a window, until done.
func (w *watch) run(done <-chan struct{}) {
	tick := time.NewTicker(w.window / 6)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			w.look(now)
		case <-done:
			return
		}
	}
}

// look cuts under the lock, so that a flow that left is never cut: its connection may serve the
// next request already.
func (w *watch) look(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for f := range w.flows {
		if w.stalls(f, now) {
			f.cut()
		}
	}
}

// stalls judges one flow and moves its mark whenever it did well.
func (w *watch) stalls(f *flow, now time.Time) bool {
	moved := f.moved.Load()
	if f.waiting.Load() == 0 {
		f.base = mark{at: now, moved: moved, acked: -1}
		return false
	}
	sum := f.link.acked()
	if f.base.acked < 0 {
		f.base.acked = sum
	}
	ours := moved - f.base.moved
	if f.shared {
		return w.sharedStalls(f, now, ours)
	}
	if ours+sum-f.base.acked >= w.least {
		f.base = mark{at: now, moved: moved, acked: sum}
		return false
	}
	return now.Sub(f.base.at) >= w.window
}

// sharedStalls judges a stream of HTTP/2 by itself: what other streams move says nothing of it, and
// a slow connection is shared, so it has four windows to move at all.
func (w *watch) sharedStalls(f *flow, now time.Time, ours int64) bool {
	if ours > 0 {
		f.base = mark{at: now, moved: f.moved.Load(), acked: -1}
		return false
	}
	return now.Sub(f.base.at) >= 4*w.window
}

// cutAll ends what still waits for a client, when the door closes.
func (w *watch) cutAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for f := range w.flows {
		f.cut()
	}
}
