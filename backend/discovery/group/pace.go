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

// pace bounds what forged packets can have sent to whoever they claim to come from.
type pace struct {
	mu     sync.Mutex
	second int64
	all    int
	by     map[netip.Addr]int // of this second, so never more than answersAll
}

func (p *pace) allow(from netip.Addr, now time.Time) bool {
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
