package vfs

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/access"
)

// slice is how many bytes move between two looks at the grants, the stop button and the guards;
// pacedSlice where somebody limits the rate, so that a slow rate stays smooth.
const (
	slice      = 4 << 20
	pacedSlice = 128 << 10
)

// handle is what every File and Writer has in common: a life that the session, the stop button, a
// change of grants and the volume can end. Handles of a session are a list in it.
type handle struct {
	s     *Session
	vol   *volume
	verb  Verb
	name  string // as the session sees it
	path  string // tree path asked
	real  string // tree path of the object; "" in a link root
	need  access.Right
	mine  bool // judged as recently one's own: need is what one needs to add
	op    *Op  // for guards; nil where there are none
	close func(error)

	number uint64
	since  time.Time
	total  int64
	moved  atomic.Int64  // bytes
	gen    atomic.Uint64 // grants generation under which it was judged last

	mu      sync.Mutex
	why     error // set when it was ended from outside
	unblock func()
	ctx     context.Context // only where the rate is limited
	cancel  context.CancelFunc
	prev    *handle
	next    *handle
}

// open puts a handle, with the generation it was judged in, into its session.
func (s *Session) open(h *handle) error {
	t := s.tree
	h.s, h.number, h.since = s, t.transfers.Add(1), t.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.ctx.Err() != nil {
		return ErrClosed
	}
	if h.next = s.handles; h.next != nil {
		h.next.prev = h
	}
	s.handles = h
	if c := t.begins.Load(); c != nil && t.begins.CompareAndSwap(c, nil) {
		close(*c)
	}
	return nil
}

// leave takes a handle out of its session.
func (h *handle) leave() {
	s := h.s
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case h.prev != nil:
		h.prev.next = h.next
	case s.handles == h:
		s.handles = h.next
	default:
		return // left before
	}
	if h.next != nil {
		h.next.prev = h.prev
	}
	h.prev, h.next = nil, nil
}

// hook lets the end of the caller's context end the session even while nothing is asked of it.
func (s *Session) hook() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hooked == nil && !s.ended {
		s.hooked = context.AfterFunc(s.ctx, s.Close)
	}
}

// check is asked between two slices: may this go on?
func (h *handle) check() error {
	h.mu.Lock()
	why := h.why
	h.mu.Unlock()
	if why != nil {
		return why
	}
	if h.s.ctx.Err() != nil {
		return ErrClosed
	}
	if gen := h.s.tree.grants.Load(); gen != h.gen.Load() {
		if !h.allowed() {
			h.stop(ErrClosed)
			return ErrClosed
		}
		h.gen.Store(gen)
	}
	return nil
}

// allowed judges the handle by the present grants.
func (h *handle) allowed() bool {
	policy := h.s.tree.policy.Load()
	rights := policy.Rights(h.s.id, h.path)
	if h.real != "" && h.real != h.path {
		rights &= h.s.rightsAtReal(policy, h.real)
	}
	return rights.Any(h.need)
}

// stop ends the handle from outside: what waits inside is unblocked, what comes later is refused.
func (h *handle) stop(why error) {
	h.mu.Lock()
	if h.why == nil {
		h.why = why
	}
	unblock, cancel := h.unblock, h.cancel
	h.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if unblock != nil {
		unblock()
	}
}

// blocking registers how to wake what is about to wait on a client, and returns the undoing of that.
func (h *handle) blocking(wake func()) (done func()) {
	h.mu.Lock()
	h.unblock = wake
	stopped := h.why != nil
	h.mu.Unlock()
	if stopped {
		wake()
	}
	return func() {
		h.mu.Lock()
		h.unblock = nil
		h.mu.Unlock()
	}
}

// paced reports whether somebody limits the rate of this handle now.
func (h *handle) paced() bool {
	for _, p := range h.s.tree.guards.pace {
		if p.Limits(h.op) {
			return true
		}
	}
	return false
}

// sliceSize is how many bytes may move before the next look.
func (h *handle) sliceSize() int64 {
	if h.paced() {
		return pacedSlice
	}
	return slice
}

// pace waits until n bytes may move, or the handle is ended.
func (h *handle) pace(n int64) error {
	if !h.paced() {
		return nil
	}
	ctx, cancel := context.WithCancel(h.s.ctx)
	defer cancel()
	defer context.AfterFunc(h.life(), cancel)()
	for _, p := range h.s.tree.guards.pace {
		if err := p.Pace(ctx, h.op, n); err != nil {
			if why := h.check(); why != nil {
				return why
			}
			return err
		}
	}
	return nil
}

// life is a context that ends when the handle is ended from outside.
func (h *handle) life() context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx == nil {
		h.ctx, h.cancel = context.WithCancel(context.Background())
		if h.why != nil {
			h.cancel()
		}
	}
	return h.ctx
}

// judgeHandles stops what the present grants no longer allow.
func (s *Session) judgeHandles() {
	gen := s.tree.grants.Load()
	s.endHandles(func(h *handle) bool {
		if h.allowed() {
			h.gen.Store(gen)
			return false
		}
		return true
	}, ErrClosed)
}

// endHandles stops and closes the handles that match.
func (s *Session) endHandles(match func(*handle) bool, why error) {
	s.mu.Lock()
	var ending []*handle
	for h := s.handles; h != nil; h = h.next {
		if match(h) {
			ending = append(ending, h)
		}
	}
	s.mu.Unlock()
	for _, h := range ending {
		h.stop(why)
		h.close(why)
	}
}

func (h *handle) id() string { return "t" + strconv.FormatUint(h.number, 10) }
