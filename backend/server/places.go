package server

import (
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"portico/backend/discovery"
)

// placesMost is how many networks are remembered; the ones that were left longest ago go first.
const placesMost = 200

// places knows on which networks this computer is, and what was decided about them.
type places struct {
	mu      sync.RWMutex
	here    []discovery.Network
	own     []netip.Addr // addresses of this computer
	memory  memory
	global  string // the interface that was chosen wherever this computer is
	at      string // id of the network where it is
	changes uint64 // grows with everything that others can see
	unkept  bool
}

// memory is what the store keeps.
type memory struct {
	// Approved: somebody approved a network. From then on no share does it by being made.
	Approved bool                   `json:"approved"`
	Last     string                 `json:"last,omitempty"` // where this computer was last
	Networks map[string]*remembered `json:"networks"`
}

// remembered is what is kept of one network.
type remembered struct {
	Name     string    `json:"name,omitempty"` // as its owner calls it
	SSID     string    `json:"ssid,omitempty"`
	Medium   string    `json:"medium"`
	Approved bool      `json:"approved,omitempty"`
	Silent   bool      `json:"silent,omitempty"` // this computer is not announced there
	Told     bool      `json:"told,omitempty"`   // the owner was told that links pause there
	Choice   string    `json:"choice,omitempty"` // the interface whose address comes first there
	Seen     time.Time `json:"seen"`             // when this computer came there
}

// place is a network as others are told of it.
type place struct {
	remembered
	ID, Name string
	here     *discovery.Network // nil: this computer is not there
}

// arrive takes a new table and returns where this computer was last and where it is: the best network
// that others in the room may be on. Nowhere is the zero place, and so is a network whose router has
// not answered yet.
func (p *places) arrive(t discovery.Table, now time.Time) (before, after place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := make(map[string]bool)
	for _, n := range p.here {
		was[n.ID] = true
	}
	before = p.place(p.memory.Last)
	p.here, p.own, p.at = discovery.Networks(t), nil, ""
	for _, i := range t {
		for _, a := range i.Addrs {
			p.own = append(p.own, a.Addr().WithZone(""))
		}
	}
	for i := range p.here {
		n := &p.here[i]
		if p.at == "" && n.Near() {
			if p.at = n.ID; known(n) {
				after.ID = n.ID
			}
		}
		if !was[n.ID] {
			p.meet(n, now)
		}
	}
	if after.ID != "" && p.memory.Last != after.ID {
		p.memory.Last, p.unkept = after.ID, true
	}
	p.changes++
	return before, p.place(after.ID)
}

// known reports whether the id of a network is the one under which it comes back.
func known(n *discovery.Network) bool { return n.Sure || !n.Gateway }

// meet remembers a network to which this computer came. What is inside it or only tunnels through others
// is remembered when something was decided about it. The caller holds mu.
func (p *places) meet(n *discovery.Network, now time.Time) {
	m := p.memory.Networks[n.ID]
	if m == nil {
		if !n.Near() || !known(n) {
			return
		}
		m = p.enter(n.ID)
	}
	m.SSID, m.Medium, m.Seen = n.SSID, n.Medium(), now
	p.unkept = true
}

// enter makes room for a network and returns its entry. The caller holds mu.
func (p *places) enter(id string) *remembered {
	if m := p.memory.Networks[id]; m != nil {
		return m
	}
	if p.memory.Networks == nil {
		p.memory.Networks = make(map[string]*remembered)
	}
	for len(p.memory.Networks) >= placesMost {
		delete(p.memory.Networks, p.oldest())
	}
	m := &remembered{}
	for _, n := range p.here {
		if n.ID == id {
			m.SSID, m.Medium = n.SSID, n.Medium()
		}
	}
	p.memory.Networks[id] = m
	return m
}

// oldest is the network that may be forgotten first: one about which nothing was decided.
func (p *places) oldest() string {
	return slices.MinFunc(slices.Collect(maps.Keys(p.memory.Networks)), func(a, b string) int {
		x, y := p.memory.Networks[a], p.memory.Networks[b]
		if x.decided() != y.decided() {
			return rank(x.decided()) - rank(y.decided())
		}
		return x.Seen.Compare(y.Seen)
	})
}

func (r *remembered) decided() bool { return r.Approved || r.Silent || r.Name != "" || r.Choice != "" }

// place returns a network by its id; the zero place when there is none. The caller holds mu.
func (p *places) place(id string) place {
	out := place{ID: id}
	if m := p.memory.Networks[id]; m != nil {
		out.remembered = *m
	}
	for i := range p.here {
		if p.here[i].ID == id {
			out.here = &p.here[i]
		}
	}
	if id == "" || out.here == nil && p.memory.Networks[id] == nil {
		return place{}
	}
	out.Name = out.called()
	return out
}

// called is the name of a network: its owner's for it, its own, or what it is.
func (p *place) called() string {
	ssid, medium, name := p.SSID, p.Medium, ""
	if p.here != nil {
		ssid, medium, name = p.here.SSID, p.here.Medium(), p.here.Interface
	}
	switch {
	case p.remembered.Name != "":
		return p.remembered.Name
	case ssid != "":
		return ssid
	}
	switch medium {
	case "cable":
		return "Ethernet"
	case "wifi":
		return "Wi-Fi"
	case "hotspot":
		return "Hotspot of this computer"
	case "tether":
		return "Phone"
	}
	return name
}

// all returns the networks where this computer is, as discovery ranks them, and with the others those
// that are only remembered after them, the latest first.
func (p *places) all(others bool) (out []place) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, n := range p.here {
		out = append(out, p.place(n.ID))
	}
	if !others {
		return out
	}
	here := len(out)
	for id := range p.memory.Networks {
		if one := p.place(id); one.here == nil {
			out = append(out, one)
		}
	}
	slices.SortFunc(out[here:], func(a, b place) int { return b.Seen.Compare(a.Seen) })
	return out
}

// change changes what is remembered of a network; false where there is none of that id.
func (p *places) change(id string, do func(*remembered)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.place(id).ID == "" {
		return false
	}
	m := p.enter(id)
	do(m)
	p.memory.Approved = p.memory.Approved || m.Approved
	p.unkept = true
	p.changes++
	return true
}

// approve approves the network of an interface; false where there is none.
func (p *places) approve(name string) bool {
	p.mu.RLock()
	i := slices.IndexFunc(p.here, func(n discovery.Network) bool { return slices.Contains(n.Interfaces, name) })
	id := ""
	if i >= 0 {
		id = p.here[i].ID
	}
	p.mu.RUnlock()
	return p.change(id, func(m *remembered) { m.Approved = true })
}

// forget drops a network; false where none is remembered under that id.
func (p *places) forget(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.memory.Networks[id]
	delete(p.memory.Networks, id)
	p.unkept = p.unkept || ok
	p.changes++
	return ok
}

// approved reports whether every network that an address may belong to was approved.
func (p *places) approved(from netip.Addr) bool {
	if !from.IsValid() || from.Unmap().IsLoopback() {
		return true
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	if slices.Contains(p.own, from.Unmap().WithZone("")) {
		return true
	}
	of := discovery.Of(p.here, from)
	for _, i := range of {
		if m := p.memory.Networks[p.here[i].ID]; m == nil || !m.Approved {
			return false
		}
	}
	return len(of) > 0
}

// everApproved reports whether somebody approved a network before.
func (p *places) everApproved() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.memory.Approved
}

// choice is the interface whose addresses come first here; "": the best by itself.
func (p *places) choice() string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if m := p.memory.Networks[p.at]; m != nil && m.Choice != "" {
		return m.Choice
	}
	return p.global
}

// choose puts the addresses of an interface first whenever this computer is where it is now. Everywhere
// says where nothing else was chosen.
func (p *places) choose(name string, everywhere bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes++
	if everywhere {
		p.global = name
	}
	if p.at == "" {
		return
	}
	m := p.enter(p.at)
	if m.Choice = name; everywhere {
		m.Choice = ""
	}
	p.unkept = true
}

// keep hands what is remembered to write, if it changed since.
func (p *places) keep(write func(memory) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.unkept {
		p.unkept = write(p.memory) != nil
	}
}

func (p *places) load(m memory) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.memory = m
}

func (p *places) version() uint64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.changes
}
