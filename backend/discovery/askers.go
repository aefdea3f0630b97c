package discovery

import (
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	askersMost = 8               // of one network that are remembered
	placesMost = 32              // networks
	askersTold = 5 * time.Second // between two changes that are told, where nobody new came
)

// Asker is who looked for this computer, and when last.
type Asker struct {
	Address netip.Addr
	When    time.Time
}

// Askers remembers who asked lately, by interface: the latest few. The zero value is ready. Its methods
// may be called from many goroutines.
type Askers struct {
	mu   sync.Mutex
	by   map[string][]Asker
	told time.Time
}

// Heard notes that somebody asked on an interface. It reports whether those who watch should be told:
// not for every question of somebody who asks all the time.
func (a *Askers) Heard(name string, from netip.Addr, now time.Time) (tell bool) {
	from = from.Unmap().WithZone("")
	a.mu.Lock()
	defer a.mu.Unlock()
	list, known := a.by[name]
	if !known && len(a.by) >= placesMost {
		return false
	}
	fresh := slices.DeleteFunc(list, func(one Asker) bool { return one.Address == from })
	tell = len(fresh) == len(list)
	fresh = slices.Insert(fresh, 0, Asker{from, now})
	if a.by == nil {
		a.by = make(map[string][]Asker)
	}
	a.by[name] = fresh[:min(len(fresh), askersMost)]
	if !tell && now.Sub(a.told) < askersTold {
		return false
	}
	a.told = now
	return true
}

// On returns who asked on an interface, the latest first.
func (a *Askers) On(name string) []Asker {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.by[name])
}

// Forget forgets everybody: this computer is somewhere else now.
func (a *Askers) Forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.by = nil
}
