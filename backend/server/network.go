package server

import (
	"context"
	"net/netip"

	"portico/backend/access"
	"portico/backend/config"
	"portico/backend/discovery"
	"portico/backend/event"
	"portico/backend/vfs"
)

// readNetwork looks at the networks of this computer now, and waits for nobody there.
func (s *Server) readNetwork() {
	table, err := discovery.Read()
	if err != nil {
		s.log.Warn("the networks of this computer cannot be read", "error", err)
		return
	}
	over, end := context.WithCancel(context.Background())
	end()
	discovery.Meet(over, table)
	s.addrs.update(table)
	s.places.arrive(table, s.now())
}

// watchNetwork follows the networks until the house ends.
func (s *Server) watchNetwork() {
	first := true
	s.o.watch(s.life, func(t discovery.Table) {
		s.addrs.update(t)
		s.moved(t)
		if !first {
			s.cover()
			s.log.Info("the network changed", "addresses", s.Addresses())
		}
		first = false
	})
}

// moved is called when this computer came to other networks, or its addresses there changed.
func (s *Server) moved(t discovery.Table) {
	before, now := s.places.arrive(t, s.now())
	s.addrs.choose(s.places.choice())
	s.keepPlaces()
	if now.ID != before.ID && now.ID != "" {
		s.forgetAskers()
		s.tellPlace(before, now)
	}
	s.announce()
}

// tellPlace tells the owner where this computer is now; where links pause because nobody approved the
// network, once for each network.
func (s *Server) tellPlace(before, now place) {
	name, old := "“"+now.Name+"”", "“"+before.Name+"”"
	e := event.Event{Kind: event.Notice, Code: codeMoved, Text: "Network changed to " + name}
	switch {
	case !s.asking() || now.Approved:
		if before.ID == "" {
			return // this computer has just begun, or came back to where it was
		}
	case now.Told || !s.places.everApproved():
		return
	default:
		e.Code = codeUnapproved
		if before.ID == "" {
			e.Text = "Links pause on " + name + ", which nobody approved yet"
		} else {
			e.Text += ". New QR ready; old links from " + old + " do not work here. Links pause until you approve it"
		}
		s.places.change(now.ID, func(p *remembered) { p.Told = true })
		s.keepPlaces()
	}
	s.tell(e)
}

// Codes of what Activity says of networks.
const (
	codeMoved      = "NET-MOVED-01"
	codeUnapproved = "NET-MOVED-02" // links pause there until the owner approves it
	codeApproved   = "NET-MOVED-03"
)

// asking reports whether links open on approved networks only.
func (s *Server) asking() bool {
	switch c := s.config(); c.Network.Unapproved {
	case config.Pause:
		return true
	case config.Open:
		return false
	}
	return s.o.Window
}

// paused reports whether links open for nobody from an address, because it belongs to a network that
// was not approved. This computer itself may always.
func (s *Server) paused(from netip.Addr) bool { return s.asking() && !s.places.approved(from) }

// shareMade approves the network of the owner's very first share: whoever shares something wants it to
// be opened where they are.
func (s *Server) shareMade(by access.Identity) {
	if by.Kind != access.Owner || !s.asking() || s.places.everApproved() {
		return
	}
	list, _ := s.addrs.ranked()
	if len(list) == 0 || list[0].Kind == discovery.Virtual {
		return
	}
	if s.places.approve(list[0].Interface) {
		s.keepPlaces()
		s.announce()
	}
}

// keepPlaces stores what is remembered of networks, if it changed.
func (s *Server) keepPlaces() {
	s.places.keep(func(m memory) error {
		err := s.setSetting(context.WithoutCancel(s.cut), "networks", m)
		if err != nil {
			s.log.Error("what is known of networks was not kept", "error", err)
		}
		return err
	})
}

// leavePaused ends what holders of links move from networks that are not approved any more.
func (s *Server) leavePaused() {
	for _, t := range s.tree.Transfers() {
		if from, err := netip.ParseAddr(t.Origin.Remote); err == nil && t.Identity.Kind == access.Link && s.paused(from) {
			s.tree.Stop(t.ID)
		}
	}
}

// pauseGuard keeps links shut for networks that were not approved, whichever door they come through and
// however long ago they were let in.
type pauseGuard struct{ paused func(netip.Addr) bool }

var _ vfs.Admitter = pauseGuard{}

func (pauseGuard) Name() string { return "approved networks" }

// Admit answers as if there were nothing.
func (g pauseGuard) Admit(_ context.Context, op *vfs.Op) error {
	if op.Identity.Kind != access.Link || op.Origin.Remote == "" {
		return nil
	}
	from, err := netip.ParseAddr(op.Origin.Remote)
	if err == nil && !g.paused(from) {
		return nil
	}
	return &vfs.Error{Verb: string(op.Verb), Path: op.Asked, Err: vfs.ErrClosed}
}
