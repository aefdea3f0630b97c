package diagnose

import (
	"context"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"portico/backend/discovery"
)

const (
	patience = 4500 * time.Millisecond // for everything
	each     = 3500 * time.Millisecond // for one probe
)

// Facts are what the probes saw. A probe that did not answer leaves its field empty and its name in
// Late.
type Facts struct {
	Table    discovery.Table
	Networks error // why Table is empty
	Target   netip.AddrPort
	Via      discovery.Address // the address of this computer that Target is, if it is one
	Prefix   netip.Prefix      // the network behind it
	Router   netip.Addr        // of that network; zero: none
	Answers  bool              // the router answers
	Walls    []Wall
	Suites   []string
	Out      netip.Addr // by which packets to the internet leave; zero: they do not
	Near     netip.Addr // by which packets to the router leave; zero: not looked
	Self     error      // of a connection to Target
	Tried    bool       // Self was looked at
	Online   Online
	Clock    Clock
	Late     []string
}

// far is an address in the internet. Nothing is sent to it: the system is asked which way it would go.
var far = netip.AddrFrom4([4]byte{1, 1, 1, 1})

// Look asks a machine everything that Judge wants to know. It takes 4.5 s at most, and ends with ctx.
func Look(ctx context.Context, m Machine, q *Question) Facts {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f := Facts{Target: target(q)}
	p := probes{ctx: ctx}
	p.start("networks", func(ctx context.Context) func() {
		table, err := m.Networks(ctx)
		return func() { f.Table, f.Networks = table, err }
	})
	p.start("clock", func(ctx context.Context) func() {
		c := m.Clock(ctx)
		return func() { f.Clock = c }
	})
	p.start("connectivity", func(ctx context.Context) func() {
		o := m.Online(ctx)
		return func() { f.Online = o }
	})
	p.start("other security programs", func(ctx context.Context) func() {
		s := m.Suites(ctx)
		return func() { f.Suites = s }
	})
	p.start("routes", func(ctx context.Context) func() {
		out, _ := m.Source(ctx, far)
		return func() { f.Out = out }
	})
	if f.Target.IsValid() && len(q.Door.Addrs) > 0 {
		p.start("connection to itself", func(ctx context.Context) func() {
			err := m.Connect(ctx, f.Target)
			return func() { f.Self, f.Tried = err, true }
		})
	}
	p.until("networks")
	f.place(q)
	if way := f.way(q); way.Port != 0 {
		p.start("firewalls", func(ctx context.Context) func() {
			w := m.Walls(ctx, way)
			return func() { f.Walls = w }
		})
	}
	if f.Router.IsValid() {
		router := f.Router
		p.start("way to the router", func(ctx context.Context) func() {
			near, _ := m.Source(ctx, router)
			return func() { f.Near = near }
		})
	}
	p.until("")
	f.Late = p.late
	return f
}

// place finds out what the target is on this computer.
func (f *Facts) place(q *Question) {
	ranked := discovery.Rank(f.Table)
	for _, a := range ranked {
		if a.Addr == f.Target.Addr() {
			f.Via = a
		}
	}
	if !f.Via.Addr.IsValid() && !q.Fixed && f.Target.Addr().IsUnspecified() && len(ranked) > 0 {
		f.Via = ranked[0]
	}
	for _, i := range f.Table {
		if i.Name != f.Via.Interface || i.Name == "" {
			continue
		}
		f.Router, f.Answers = i.Router, i.RouterMAC != ""
		for _, a := range i.Addrs {
			if a.Addr().WithZone("") == f.Via.Addr && a.Bits() < a.Addr().BitLen() {
				f.Prefix = a.Masked()
			}
		}
	}
}

// way is the connection that visitors make.
func (f *Facts) way(q *Question) Way {
	w := Way{Port: f.Target.Port(), Addr: f.Via.Addr, From: f.Prefix, Interface: f.Via.Interface}
	if w.Port == 0 || q.Fixed && !f.Via.Addr.IsValid() {
		if len(q.Door.Addrs) == 0 {
			return Way{}
		}
		w.Port = q.Door.Addrs[0].Port()
	}
	return w
}

// target is the address that the QR code names; zero where it names a name.
func target(q *Question) netip.AddrPort {
	u, err := url.Parse(q.URL)
	if err != nil {
		return netip.AddrPort{}
	}
	at, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return netip.AddrPort{}
	}
	port := map[string]uint64{"http": 80, "https": 443}[u.Scheme]
	if text := u.Port(); text != "" {
		if port, err = strconv.ParseUint(text, 10, 16); err != nil {
			return netip.AddrPort{}
		}
	}
	return netip.AddrPortFrom(at, uint16(port))
}

// probes run at once; what a probe that is late would have said is dropped.
type probes struct {
	ctx  context.Context
	open []probe
	late []string
}

type probe struct {
	name   string
	answer chan func()
}

func (p *probes) start(name string, ask func(context.Context) func()) {
	one := probe{name, make(chan func(), 1)}
	p.open = append(p.open, one)
	go func() {
		ctx, cancel := context.WithTimeout(p.ctx, each)
		defer cancel()
		one.answer <- ask(ctx)
	}()
}

// until takes the answer of one probe; "": of all that are open.
func (p *probes) until(name string) {
	var rest []probe
	for _, one := range p.open {
		if name != "" && one.name != name {
			rest = append(rest, one)
			continue
		}
		select {
		case take := <-one.answer:
			take()
		case <-p.ctx.Done():
			select {
			case take := <-one.answer: // at the last moment
				take()
			default:
				p.late = append(p.late, one.name)
			}
		}
	}
	p.open = rest
}
