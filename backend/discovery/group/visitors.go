package group

import (
	"net"
	"net/netip"
	"slices"
	"sync"
)

const (
	readersMost = 32 // of descriptions at once
	readersEach = 4  // … of one address
)

// visitors is a listener that ends the oldest connection where one more is too many: whoever reads a
// description does so at once, and whoever only keeps connections keeps nobody out.
type visitors struct {
	net.Listener
	mu   sync.Mutex
	here []*visitor // the oldest first
}

// visitor is one connection.
type visitor struct {
	net.Conn
	from netip.Addr
	of   *visitors
}

// Accept waits for the next one.
func (v *visitors) Accept() (net.Conn, error) {
	c, err := v.Listener.Accept()
	if err != nil {
		return nil, err
	}
	one := &visitor{Conn: c, of: v}
	if from, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil {
		one.from = from.Addr()
	}
	if old := v.enter(one); old != nil {
		_ = old.Close()
	}
	return one, nil
}

// enter returns the one that has to go; nil where there is room.
func (v *visitors) enter(one *visitor) (old *visitor) {
	v.mu.Lock()
	defer v.mu.Unlock()
	defer func() { v.here = append(v.here, one) }()
	count := 0
	for _, o := range v.here {
		if o.from == one.from {
			count++
		}
	}
	all := len(v.here) >= readersMost
	if !all && count < readersEach {
		return nil
	}
	n := slices.IndexFunc(v.here, func(o *visitor) bool { return count < readersEach || o.from == one.from })
	old = v.here[n]
	v.here = slices.Delete(v.here, n, n+1)
	return old
}

// Close closes the connection, and makes room.
func (one *visitor) Close() error {
	v := one.of
	v.mu.Lock()
	v.here = slices.DeleteFunc(v.here, func(o *visitor) bool { return o == one })
	v.mu.Unlock()
	return one.Conn.Close()
}
