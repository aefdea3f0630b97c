package server

import (
	"net/netip"
	"strings"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/listen"
	"portico/backend/vfs"
)

// awayCode begins the codes of lines about whoever was turned away: that is nobody whom one knows.
const awayCode = "DOOR-"

// turnedAway returns what a door tells of whoever it turns away (listen.Spec.Away). However many there
// are, they are few lines.
func (s *Server) turnedAway(door string) func(netip.Addr, listen.Reason) {
	return func(from netip.Addr, why listen.Reason) {
		s.away.Note(event.Event{Kind: event.Refused, Door: door, Remote: from.String(), Code: why.Code, Text: why.Text})
	}
}

// misled is told of whoever sent what only does harm (webdav.Options.Away).
func (s *Server) misled(from vfs.Origin, why listen.Reason) {
	s.away.Note(event.Event{Kind: event.Refused, Door: from.Door, Remote: from.Remote, Code: why.Code, Text: why.Text})
}

// escaped is told of names that lead above everything (vfs.Config.Escaped).
func (s *Server) escaped(id access.Identity, from vfs.Origin) {
	if id.Kind == access.Owner {
		return
	}
	e := event.Event{Kind: event.Refused, Door: from.Door, Remote: from.Remote, Code: awayCode + "PATH-01",
		Text: "it asked for names that lead out of what is shared (“..”), and got nothing from there"}
	if id.Kind != access.Guest {
		e.Identity, e.Name = id.String(), id.Name
	}
	s.away.Note(e)
}

// unknown reports whether an event tells of somebody of whom nothing is known but an address.
func unknown(e *event.Event) bool {
	return e.Kind == event.Refused && strings.HasPrefix(e.Code, awayCode)
}
