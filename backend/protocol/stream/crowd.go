package stream

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Conn is one client's connection.
type Conn struct {
	net.Conn
	crowd   *crowd
	leaving <-chan struct{}
	since   time.Time
	known   bool // guarded by crowd.mu
}

// Leaving is closed when the server stops: what runs may be finished, nothing new begun.
func (c *Conn) Leaving() <-chan struct{} { return c.leaving }

// SignedIn keeps the connection where others have to go to make room.
func (c *Conn) SignedIn() {
	c.crowd.mu.Lock()
	defer c.crowd.mu.Unlock()
	c.known = true
}

// Remote returns the address of the client.
func (c *Conn) Remote() netip.Addr { return addrOf(c.RemoteAddr()) }

// crowd bounds how many connections are open, in all and per address. When there are too many, the
// oldest that has not signed in goes; where all have, the newcomer.
type crowd struct {
	most, each int

	mu    sync.Mutex
	conns map[*Conn]netip.Addr
	from  map[netip.Addr]int
}

func newCrowd(most, each int) *crowd {
	return &crowd{most: most, each: each, conns: make(map[*Conn]netip.Addr), from: make(map[netip.Addr]int)}
}

// enter counts c in, unless there is no room; gone has to be closed for it. alone: it is the room of
// one address that is too small.
func (w *crowd) enter(c *Conn) (gone *Conn, ok, alone bool) {
	addr := c.Remote()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.from[addr] >= w.each:
		alone = true
		gone = w.oldest(func(o netip.Addr) bool { return o == addr })
	case len(w.conns) >= w.most:
		gone = w.oldest(func(netip.Addr) bool { return true })
	default:
		ok = true
	}
	if gone != nil {
		w.drop(gone)
		ok = true
	}
	if ok {
		w.conns[c] = addr
		w.from[addr]++
	}
	return gone, ok, alone
}

func (w *crowd) leave(c *Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drop(c)
}

func (w *crowd) drop(c *Conn) {
	addr, in := w.conns[c]
	if !in {
		return
	}
	delete(w.conns, c)
	if w.from[addr]--; w.from[addr] == 0 {
		delete(w.from, addr)
	}
}

func (w *crowd) oldest(among func(netip.Addr) bool) (found *Conn) {
	for c, addr := range w.conns {
		if !c.known && among(addr) && (found == nil || c.since.Before(found.since)) {
			found = c
		}
	}
	return found
}

// closeAll cuts everybody.
func (w *crowd) closeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		c.Close()
	}
}

func (w *crowd) addrs() []netip.Addr {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.from))
}

// addrOf is the bare address; the zero Addr for a socket without one.
func addrOf(a net.Addr) netip.Addr {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
