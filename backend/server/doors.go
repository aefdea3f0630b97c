package server

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery/mdns"
	"portico/backend/event"
	"portico/backend/listen"
)

// doorKind is one way into the house. Adding a door is adding its row to doorKinds.
type doorKind struct {
	name     string                      // as settings and people call it; also the scheme of its addresses
	title    string                      // as people read it
	standard string                      // where it opens when nobody said where
	warn     string                      // what to know before it is opened, where it hides nothing on the network
	risks    func(*config.Config) string // what the settings make unsafe, as part of the warning; nil: nothing
	wants    func(*config.Config) string // the address it should have, or "off"
	next     func(*config.Config) []int  // ports to move on to from there, or from where the settings want it; 0 any
	made     func(*config.Config) any    // what make reads: a door is opened anew when it changes
	make     func(*Server, listen.Spec) (door, error)
	lines    func(spot) []api.DoorLine // ready-made lines for its clients

	// services are what networks are told of it, without port and interfaces; nil: nothing.
	services func(*config.Config) []mdns.Service

	// within is the door through whose port this one is reached, below path; "" where it has its own.
	within, path string
}

// spot is where a door is for others.
type spot struct {
	base string // "ftp://192.168.1.20:2121"
	host string // as in a URL: "192.168.1.20", "[fd00::2]"
	port string
}

// doorKinds is the one list of doors.
func doorKinds() []doorKind {
	return []doorKind{webKind(), webdavKind(), ftpKind(), ftpsKind(), sftpKind(), tftpKind(), smbKind()}
}

// door is what serves one protocol. Start and Stop are called once each.
type door interface {
	Start(ctx context.Context) error // opens the ports
	Stop(ctx context.Context) error  // no newcomers; running transfers may end until ctx does
	Addrs() []netip.AddrPort
	Refused() []*listen.RefusedError // ports that could not be had
}

// gate is one row of doorKinds and the door that serves it now, if it is open.
type gate struct {
	doorKind
	mu      sync.Mutex // held while it changes
	seen    sync.Mutex // guards what follows, for a moment only
	door    door
	want    string
	problem error // why it is not open as wanted
}

const off = "off"

// now returns the open door, nil when closed, and what keeps it from being open.
func (g *gate) now() (d door, want string, problem error) {
	g.seen.Lock()
	defer g.seen.Unlock()
	return g.door, g.want, g.problem
}

func (g *gate) set(d door, want string, problem error) {
	g.seen.Lock()
	defer g.seen.Unlock()
	g.door, g.want, g.problem = d, want, problem
}

// move makes the door listen at want ("off": nowhere), while whoever is inside finishes what they
// do. When the new address cannot be had, the old one stays open.
func (s *Server) move(ctx context.Context, g *gate, want string, next []int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer s.announce()
	old, before, _ := g.now()
	if want == off {
		g.set(nil, off, nil)
		s.leave(g, old, false)
		return nil
	}
	fresh, gone, err := s.enter(ctx, g, old, want, next)
	if err != nil {
		if !gone {
			g.set(old, before, err)
			return err
		}
		// The old one had to go first, and the new one could not come: back to where it was.
		if back, _, backErr := s.enter(ctx, g, nil, before, nil); backErr == nil {
			g.set(back, before, err)
		} else {
			g.set(nil, want, err)
		}
		return err
	}
	g.set(fresh, want, nil)
	for _, refused := range fresh.Refused() {
		s.tell(event.Event{Kind: event.Notice, Door: g.name,
			Text: fmt.Sprintf("%s, so the %s door moved on to port %d", refused.Error(), g.name, fresh.Addrs()[0].Port())})
	}
	s.tell(event.Event{Kind: event.DoorOpened, Door: g.name, Text: s.doorURL(g)})
	if !gone {
		s.leave(g, old, true)
	}
	return nil
}

// renew opens a door anew where it is, so that it takes other settings. Who is inside stays until they
// have what they came for.
func (s *Server) renew(ctx context.Context, g *gate) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	old, want, _ := g.now()
	if old == nil {
		return nil
	}
	at := want
	if host, _, err := splitPort(want); err == nil && len(old.Addrs()) > 0 {
		at = host + ":" + strconv.Itoa(int(old.Addrs()[0].Port()))
	}
	fresh, _, err := s.enter(ctx, g, old, at, nil)
	if err != nil {
		g.set(nil, want, err)
		return err
	}
	g.set(fresh, want, nil)
	s.tell(event.Event{Kind: event.DoorOpened, Door: g.name, Text: s.doorURL(g)})
	return nil
}

// enter starts a door at want. Where the old one sits on the same port, that is asked to leave
// first, which gone tells.
func (s *Server) enter(ctx context.Context, g *gate, old door, want string, next []int) (fresh door, gone bool, err error) {
	for deadline := time.Now().Add(3 * time.Second); ; {
		if fresh, err = g.make(s, listen.Spec{Addrs: []string{want}, Next: next, Knock: s.arrivals.knock(g.name), Away: s.turnedAway(g.name)}); err != nil {
			return nil, gone, err
		}
		err = fresh.Start(ctx)
		if err == nil {
			return fresh, gone, nil
		}
		if old == nil || !samePort(old, want) || time.Now().After(deadline) {
			return nil, gone, err
		}
		if !gone {
			s.leave(g, old, true)
			gone = true
		}
		select {
		case <-ctx.Done():
			return nil, gone, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// leave lets a door finish in the background; it takes no newcomers from now on. Then whoever is still
// inside is cut: after a grace, or, for the patient, when no bytes of files move any more (streams of
// events never end by themselves).
func (s *Server) leave(g *gate, d door, patient bool) {
	if d == nil {
		return
	}
	s.tell(event.Event{Kind: event.DoorClosed, Door: g.name})
	ctx, cancel := context.WithCancel(s.cut)
	s.work.Go(func() {
		defer cancel()
		s.wait(ctx, s.grace(), patient)
	})
	s.work.Go(func() {
		defer cancel()
		if err := d.Stop(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("a door did not close well", "door", g.name, "error", err)
		}
	})
}

// wait waits for a grace and then, if patient, until nothing is transferred; or until ctx ends.
func (s *Server) wait(ctx context.Context, grace time.Duration, patient bool) {
	for wait := grace; ; wait = time.Second {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if !patient || len(s.tree.Transfers()) == 0 {
			return
		}
	}
}

func samePort(d door, want string) bool {
	_, port, err := splitPort(want)
	return err == nil && slices.ContainsFunc(d.Addrs(), func(a netip.AddrPort) bool { return a.Port() == port })
}

// SetDoor opens a door at an address, moves it there, or closes it ("off"), without disturbing the
// others. It stays so over a restart, until the settings file says something new.
func (s *Server) SetDoor(ctx context.Context, name, want string) error {
	g := s.gate(name)
	if g == nil {
		return fmt.Errorf("there is no door %q", name)
	}
	if want != off && g.within == "" {
		if _, _, err := splitPort(want); err != nil {
			return err
		}
	}
	was := s.chosen(ctx, g).Was
	if _, now, _ := g.now(); now != off {
		was = now
	}
	c := s.config()
	if err := s.move(ctx, g, want, g.onward(want, &c)); err != nil {
		return err
	}
	return s.setSetting(ctx, "door."+name, choice{Want: want, Was: was, Over: g.wants(&c)})
}

// choice is what somebody chose for a door while the settings said Over; new settings end it.
type choice struct {
	Want string `json:"want"`
	Was  string `json:"was,omitempty"` // where it was before; it opens there again
	Over string `json:"over"`
}

// chosen is the choice that holds for a door; the zero choice where none does.
func (s *Server) chosen(ctx context.Context, g *gate) (c choice) {
	set := s.config()
	if !s.setting(ctx, "door."+g.name, &c) || c.Over != g.wants(&set) {
		return choice{}
	}
	return c
}

// wanted is the address that a door should have, and whether it may move on from there.
func (s *Server) wanted(ctx context.Context, g *gate) (want string, next []int) {
	c := s.config()
	if fixed := s.o.Doors[g.name]; fixed != "" {
		return fixed, nil
	}
	if chosen := s.chosen(ctx, g); chosen.Want != "" {
		return chosen.Want, g.onward(chosen.Want, &c)
	}
	return g.wants(&c), g.next(&c)
}

// onward are the ports to move on to from an address that somebody chose: none, where it is not the usual one.
func (g *gate) onward(want string, c *config.Config) []int {
	if want != g.standard {
		return nil
	}
	return g.next(c)
}

func (s *Server) gate(name string) *gate {
	for _, g := range s.gates {
		if g.name == name {
			return g
		}
	}
	return nil
}

// splitPort reads "HOST:PORT" or ":PORT".
func splitPort(address string) (host string, port uint16, err error) {
	i := len(address) - 1
	for i >= 0 && address[i] != ':' {
		i--
	}
	n, err := strconv.ParseUint(address[i+1:], 10, 16)
	if i < 0 || err != nil {
		return "", 0, fmt.Errorf("%q is no address: write HOST:PORT or :PORT", address)
	}
	return address[:i], uint16(n), nil
}
