package tftp

import (
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// crowd knows which transfers run, bounds them in all and per address, and tells a request that was
// sent again from a new one.
type crowd struct {
	most, each int

	mu      sync.Mutex
	closed  bool
	by      map[netip.AddrPort]*transfer // by the client's port
	from    map[netip.Addr]int           // running transfers
	run     int                          // in all
	waiting []*transfer                  // for a last question, the oldest first
}

// transfer is one row of a crowd.
type transfer struct {
	peer    netip.AddrPort
	request string // as it came: the same again is the same question
	since   time.Time
	s       *socket // nil until it is open
	done    bool    // the file went; only a last question may come
	gone    bool
}

func newCrowd(most, each int) *crowd {
	return &crowd{most: most, each: each, by: make(map[netip.AddrPort]*transfer), from: make(map[netip.Addr]int)}
}

// enter lets a transfer begin: nil where the request is one that is being answered, or where there is
// no room (full). Then the client asks again by itself.
func (c *crowd) enter(peer netip.AddrPort, packet []byte) (t *transfer, full bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, false
	}
	if old := c.by[peer]; old != nil {
		if old.request == string(packet) && old.lively() {
			return nil, false
		}
		// Simple clients speak from one port always, and this one began anew.
		c.end(old)
		c.leaveNow(old)
	}
	if !c.room(peer.Addr()) {
		return nil, true
	}
	t = &transfer{peer: peer, request: string(packet), since: time.Now()}
	c.by[peer] = t
	c.from[peer.Addr()]++
	c.run++
	return t, false
}

// room makes room for one more where there is none: whoever has not said a word since the request was
// perhaps never there. The oldest of them goes.
func (c *crowd) room(from netip.Addr) bool {
	crowded := c.from[from] >= c.each
	if !crowded && c.run < c.most {
		return true
	}
	var oldest *transfer
	for _, t := range c.by {
		if t.mute() && (!crowded || t.peer.Addr() == from) && (oldest == nil || t.since.Before(oldest.since)) {
			oldest = t
		}
	}
	if oldest == nil {
		return false
	}
	c.end(oldest)
	c.leaveNow(oldest)
	return true
}

// pause is how long a client that is there may well say nothing.
const pause = time.Second

// mute reports whether nobody ever answered.
func (t *transfer) mute() bool {
	return !t.done && t.s != nil && !t.s.proven.Load() && time.Since(t.since) > pause
}

// lively reports whether the client is still at it, so that its request can only be one that was sent
// twice or came late.
func (t *transfer) lively() bool {
	return !t.done && (t.s == nil || t.s.silent() < pause)
}

// open notes the socket of a transfer; false where it was ended meanwhile.
func (c *crowd) open(t *transfer, s *socket) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t.s = s
	return !t.gone && !c.closed
}

// finish notes that the file went: while it waits for a last question it takes nobody's place, and when
// too many do, the oldest goes. It returns false where this one is not to wait.
func (c *crowd) finish(t *transfer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.gone || c.closed {
		return false
	}
	c.uncount(t)
	t.done = true
	if c.waiting = append(c.waiting, t); len(c.waiting) > c.most {
		oldest := c.waiting[0]
		c.end(oldest)
		c.leaveNow(oldest)
	}
	return true
}

// left reports whether a transfer had to make way for another of the same client.
func (c *crowd) left(t *transfer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return t.gone
}

func (c *crowd) leave(t *transfer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaveNow(t)
}

func (c *crowd) leaveNow(t *transfer) {
	if t.gone {
		return
	}
	c.uncount(t)
	t.gone = true
	delete(c.by, t.peer)
	if i := slices.Index(c.waiting, t); i >= 0 {
		c.waiting = slices.Delete(c.waiting, i, i+1)
	}
}

func (c *crowd) uncount(t *transfer) {
	if t.done || t.gone {
		return
	}
	c.run--
	if a := t.peer.Addr(); c.from[a] == 1 {
		delete(c.from, a)
	} else {
		c.from[a]--
	}
}

func (c *crowd) end(t *transfer) {
	if t.s != nil {
		t.s.end()
	}
}

// close lets nobody in any more and ends what is done but for a last question.
func (c *crowd) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, t := range c.by {
		if t.done {
			c.end(t)
		}
	}
}

// cut ends everything.
func (c *crowd) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.by {
		c.end(t)
	}
}

// addrs are those that files go to or come from now.
func (c *crowd) addrs() []netip.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.from))
}
