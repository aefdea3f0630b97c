package group

import (
	"net/netip"
	"sync"
	"time"
)

const (
	answersEach = 8  // packets that are answered in a second, of one address
	answersAll  = 64 // … and of all
)

// Pace bounds what forged packets can have sent to whoever they claim to come from. The zero value is
// ready.
type Pace struct {
	mu     sync.Mutex
	second int64
	all    int
	by     map[netip.Addr]int // of this second, so never more than answersAll
}

// Allow reports whether one more packet of an address may be answered now.
func (p *Pace) Allow(from netip.Addr, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if second := now.Unix(); second != p.second || p.by == nil {
		p.second, p.all, p.by = second, 0, make(map[netip.Addr]int)
	}
	if p.all >= answersAll || p.by[from] >= answersEach {
		return false
	}
	p.all++
	p.by[from]++
	return true
}

// One reports whether an address is that of one computer on a network, and not of many.
func One(network netip.Prefix, a netip.Addr) bool {
	network = network.Masked()
	if !network.Contains(a) || a.IsMulticast() || a.IsUnspecified() {
		return false
	}
	return network.Bits() >= a.BitLen()-1 || a != network.Addr() && network.Contains(a.Next())
}
