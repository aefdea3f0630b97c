package server

import (
	"net/netip"
	"sync"
	"time"

	"portico/backend/api"
	"portico/backend/device"
	"portico/backend/share"
)

const (
	quiet      = time.Minute // who did not come for so long comes anew
	knocksMost = 2048        // addresses that are remembered
	visitsMost = 4096        // visitors of shares that are remembered
	earsRoom   = 64          // arrivals that wait for a slow listener
)

// arrivals notices who comes: connections at any door, and visitors of shares. It is safe for
// concurrent use, holds nobody up, and forgets the oldest when there are many.
type arrivals struct {
	now func() time.Time
	own func(netip.Addr) bool // this computer itself
	met func(remote, client, shareID string)

	mu     sync.Mutex
	knocks map[netip.Addr]time.Time // latest connection
	visits map[visitor]*visited
	latest knock                // of another device
	opened map[string]api.Visit // the latest of another device, by share
	ears   map[chan api.Arrival]struct{}
}

type knock struct {
	from netip.Addr
	at   time.Time
}

type visitor struct{ share, remote, client string }

type visited struct {
	name string
	last time.Time
}

func newArrivals(now func() time.Time, own func(netip.Addr) bool, met func(remote, client, shareID string)) *arrivals {
	return &arrivals{
		now: now, own: own, met: met, knocks: make(map[netip.Addr]time.Time), visits: make(map[visitor]*visited),
		opened: make(map[string]api.Visit), ears: make(map[chan api.Arrival]struct{}),
	}
}

// knock returns what a door tells of its connections (listen.Spec.Knock). This computer's own are none.
func (a *arrivals) knock(door string) func(netip.Addr) {
	return func(from netip.Addr) {
		if !from.IsValid() || from.IsLoopback() || a.own(from) {
			return
		}
		now := a.now()
		a.mu.Lock()
		defer a.mu.Unlock()
		last, known := a.knocks[from]
		if !known && len(a.knocks) >= knocksMost {
			dropOldest(a.knocks, func(t time.Time) time.Time { return t })
		}
		a.knocks[from] = now
		a.latest = knock{from, now}
		if known && now.Sub(last) < quiet {
			return
		}
		a.tell(api.Arrival{Knock: &api.Knock{Remote: from.String(), Door: door, At: now.UnixMilli()}})
	}
}

// seen is told of everybody who was let into a share (share.Options.Seen).
func (a *arrivals) seen(id string, from share.Visitor, fresh bool) {
	if !from.Remote.IsValid() {
		return // the owner's own window
	}
	remote := from.Remote.Unmap().WithZone("")
	key := visitor{id, remote.String(), from.Client[:min(len(from.Client), 200)]}
	now := a.now()
	a.mu.Lock()
	v := a.visits[key]
	if v != nil && now.Sub(v.last) < quiet {
		v.last = now
		a.mu.Unlock()
		return
	}
	first := v == nil && fresh
	if v == nil {
		if len(a.visits) >= visitsMost {
			dropOldest(a.visits, func(v *visited) time.Time { return v.last })
		}
		v = &visited{name: device.Name(key.client)}
		a.visits[key] = v
	}
	v.last = now
	visit := api.Visit{Share: id, Remote: key.remote, Name: v.name, At: now.UnixMilli(), First: first, Here: remote.IsLoopback() || a.own(remote)}
	if !visit.Here {
		a.knocks[remote] = now
		a.latest = knock{remote, now}
		if len(a.opened) >= visitsMost {
			clear(a.opened)
		}
		a.opened[id] = visit
	}
	a.tell(api.Arrival{Visit: &visit})
	a.mu.Unlock()
	a.met(key.remote, key.client, id)
}

// dropOldest makes room in a full table: a quarter goes, so that this is seldom done.
func dropOldest[K comparable, V any](table map[K]V, at func(V) time.Time) {
	var oldest, newest time.Time
	for _, v := range table {
		if t := at(v); oldest.IsZero() || t.Before(oldest) {
			oldest = t
		}
		if t := at(v); t.After(newest) {
			newest = t
		}
	}
	edge := oldest.Add(newest.Sub(oldest) / 4)
	for k, v := range table {
		if !at(v).After(edge) {
			delete(table, k)
		}
	}
}

// tell passes an arrival to whoever listens; a listener that is behind loses its oldest. The caller
// holds mu.
func (a *arrivals) tell(news api.Arrival) {
	for ear := range a.ears {
		select {
		case ear <- news:
			continue
		default:
		}
		select {
		case <-ear:
		default:
		}
		select {
		case ear <- news:
		default:
		}
	}
}

// listen tells who comes from now on, until leave is called.
func (a *arrivals) listen() (news <-chan api.Arrival, leave func()) {
	ear := make(chan api.Arrival, earsRoom)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ears[ear] = struct{}{}
	return ear, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.ears, ear)
	}
}

// lately returns who came last from another device: the latest visitor of a share, or of any where
// that is "", and the latest connection.
func (a *arrivals) lately(shareID string) (visit *api.Visit, last knock) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, v := range a.opened {
		if (id == shareID || shareID == "") && (visit == nil || v.At > visit.At) {
			visit = &v
		}
	}
	return visit, a.latest
}

// within reports whether an address came within the last minute.
func (a *arrivals) within(remote string) bool {
	from, err := netip.ParseAddr(remote)
	if err != nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.knocks[from]
	return ok && a.now().Sub(at) < quiet
}
