package group

import (
	"net"
	"net/netip"
	"sync"
)

const (
	readersMost = 32 // of descriptions at once
	readersEach = 4  // … of one address, so that nobody keeps the others out
)

// visitors is a listener that turns away whoever is one too many.
type visitors struct {
	net.Listener
	mu  sync.Mutex
	all int
	by  map[netip.Addr]int // those that are here, so never more than readersMost
}

// Accept waits for the next one that there is room for.
func (v *visitors) Accept() (net.Conn, error) {
	for {
		c, err := v.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from, err := netip.ParseAddrPort(c.RemoteAddr().String())
		if err == nil && v.enter(from.Addr()) {
			return &visitor{Conn: c, leave: sync.OnceFunc(func() { v.leave(from.Addr()) })}, nil
		}
		_ = c.Close()
	}
}

func (v *visitors) enter(a netip.Addr) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.all >= readersMost || v.by[a] >= readersEach {
		return false
	}
	if v.by == nil {
		v.by = make(map[netip.Addr]int)
	}
	v.all++
	v.by[a]++
	return true
}

func (v *visitors) leave(a netip.Addr) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.all--
	if v.by[a]--; v.by[a] == 0 {
		delete(v.by, a)
	}
}

// visitor makes room when it is closed.
type visitor struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (v *visitor) Close() error {
	v.leave()
	return v.Conn.Close()
}
