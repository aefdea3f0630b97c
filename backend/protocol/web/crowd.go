package web

import (
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"portico/backend/listen"
)

// crowd bounds how many connections are open, in all and per address. When there are too many,
// the one that has been idle for longest goes; where all work, the newcomer.
type crowd struct {
	most, each int
	spared     func(netip.Addr) bool // addresses without a bound of their own: trusted proxies
	away       func(netip.Addr, listen.Reason)
	slow       time.Duration // a header that takes so long is cut

	mu    sync.Mutex
	conns map[net.Conn]*member
	from  map[netip.Addr]int
}

type member struct {
	addr  netip.Addr
	state http.ConnState
	born  time.Time
	since time.Time
	asked bool // a whole request came
}

func newCrowd(l Limits, spared func(netip.Addr) bool, away func(netip.Addr, listen.Reason)) *crowd {
	return &crowd{most: l.Conns, each: l.PerAddr, slow: l.Header, spared: spared, away: away, conns: make(map[net.Conn]*member), from: make(map[netip.Addr]int)}
}

// note is http.Server.ConnState.
func (c *crowd) note(conn net.Conn, state http.ConnState) {
	var gone net.Conn
	var why listen.Reason
	c.mu.Lock()
	switch state {
	case http.StateNew:
		gone, why = c.enter(conn)
	case http.StateClosed, http.StateHijacked:
		why = c.babble(conn)
		c.leave(conn)
	default:
		if m := c.conns[conn]; m != nil {
			m.state, m.since = state, time.Now()
		}
	}
	c.mu.Unlock()
	if why.Code != "" {
		c.away(addrOf(conn.RemoteAddr()), why)
	}
	if gone != nil {
		gone.Close()
	}
}

// asks notes that a whole request came.
func (c *crowd) asks(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.conns[conn]; m != nil {
		m.asked = true
	}
}

// babble is why a connection that ends was worth nothing: what came on it was no request, or not all of
// one in time.
func (c *crowd) babble(conn net.Conn) listen.Reason {
	m := c.conns[conn]
	_, secure := conn.(*tls.Conn)
	switch {
	case m == nil || m.asked || m.state == http.StateIdle:
		return listen.Reason{}
	case secure && m.state == http.StateNew: // a browser that does not trust the certificate
		return listen.Reason{}
	case time.Since(m.born) >= c.slow:
		return listen.Silent()
	}
	return listen.Foreign("HTTP")
}

// enter counts conn in and returns the connection that has to go for it, if any, and why.
func (c *crowd) enter(conn net.Conn) (gone net.Conn, why listen.Reason) {
	now := time.Now()
	m := &member{addr: addrOf(conn.RemoteAddr()), state: http.StateNew, born: now, since: now}
	switch {
	case c.from[m.addr] >= c.each && !c.spared(m.addr):
		why = listen.Crowd(true)
		gone = c.idlest(func(o *member) bool { return o.addr == m.addr })
	case len(c.conns) >= c.most:
		why = listen.Crowd(false)
		gone = c.idlest(func(*member) bool { return true })
	default:
		c.add(conn, m)
		return nil, why
	}
	if gone == nil {
		return conn, why
	}
	c.leave(gone)
	c.add(conn, m)
	return gone, why
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
