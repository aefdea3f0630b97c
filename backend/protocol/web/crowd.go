package web

import (
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// crowd bounds how many connections are open, in all and per address. When there are too many,
// the one that has been idle for longest goes; where all work, the newcomer.
type crowd struct {
	most, each int
	spared     func(netip.Addr) bool // addresses without a bound of their own: trusted proxies

	mu    sync.Mutex
	conns map[net.Conn]*member
	from  map[netip.Addr]int
}

type member struct {
	addr  netip.Addr
	state http.ConnState
	since time.Time
}

func newCrowd(most, each int, spared func(netip.Addr) bool) *crowd {
	return &crowd{most: most, each: each, spared: spared, conns: make(map[net.Conn]*member), from: make(map[netip.Addr]int)}
}

// note is http.Server.ConnState.
func (c *crowd) note(conn net.Conn, state http.ConnState) {
	var gone net.Conn
	c.mu.Lock()
	switch state {
	case http.StateNew:
		gone = c.enter(conn)
	case http.StateClosed, http.StateHijacked:
		c.leave(conn)
	default:
		if m := c.conns[conn]; m != nil {
			m.state, m.since = state, time.Now()
		}
	}
	c.mu.Unlock()
	if gone != nil {
		gone.Close()
	}
}

// enter counts conn in and returns the connection that has to go for it, if any.
func (c *crowd) enter(conn net.Conn) net.Conn {
	m := &member{addr: addrOf(conn.RemoteAddr()), state: http.StateNew, since: time.Now()}
	var gone net.Conn
	switch {
	case c.from[m.addr] >= c.each && !c.spared(m.addr):
		gone = c.idlest(func(o *member) bool { return o.addr == m.addr })
	case len(c.conns) >= c.most:
		gone = c.idlest(func(*member) bool { return true })
	default:
		c.add(conn, m)
		return nil
	}
	if gone == nil {
		return conn
	}
	c.leave(gone)
	c.add(conn, m)
	return gone
}

func (c *crowd) add(conn net.Conn, m *member) {
	c.conns[conn] = m
	c.from[m.addr]++
}

func (c *crowd) leave(conn net.Conn) {
	m := c.conns[conn]
	if m == nil {
		return
	}
	delete(c.conns, conn)
	if c.from[m.addr]--; c.from[m.addr] == 0 {
		delete(c.from, m.addr)
	}
}

// idlest finds the connection that waits for a request for longest; those that never sent one come
// after those that did.
func (c *crowd) idlest(among func(*member) bool) (best net.Conn) {
	var found *member
	for conn, m := range c.conns {
		if m.state == http.StateActive || !among(m) {
			continue
		}
		if found == nil || m.state > found.state || m.state == found.state && m.since.Before(found.since) {
			best, found = conn, m
		}
	}
	return best
}

// count returns how many connections are open.
func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.conns)
}

// addrs returns from where connections are open.
func (c *crowd) addrs() []netip.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.from))
}

// addrOf is the bare address; the zero Addr for a socket without one.
func addrOf(a net.Addr) netip.Addr {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
