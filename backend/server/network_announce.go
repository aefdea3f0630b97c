package server

import (
	"context"
	"net"
	"slices"
	"strconv"

	"portico/backend/api"
	"portico/backend/discovery"
	"portico/backend/discovery/mdns"
)

// announce tells the approved networks that this computer is here, or no more. It returns at once.
func (s *Server) announce() {
	if s.speaker == nil {
		return
	}
	s.speaker.Wish(s.wish())
	for _, v := range s.voices {
		v.Wish(s.selves(v.kind))
	}
}

// said is what others are told now.
func (s *Server) said() mdns.Said {
	if s.speaker == nil {
		return mdns.Said{}
	}
	return s.speaker.Said()
}

// announcements are how others on an interface are told now, and who asked there.
func (s *Server) announcements(name string) (out []api.Announcement) {
	if said := s.said(); said.On(name) {
		out = append(out, announcement("mdns", said.Instance, s.speaker.Asked(name)))
	}
	for _, v := range s.voices {
		if v.On(name) {
			out = append(out, announcement(v.kind, s.name(), v.Asked(name)))
		}
	}
	return out
}

func announcement(kind, as string, asked []discovery.Asker) api.Announcement {
	out := api.Announcement{Kind: kind, As: as, Asked: []api.Asker{}}
	for _, one := range asked {
		out.Asked = append(out.Asked, api.Asker{Address: one.Address.String(), When: one.When.UnixMilli()})
	}
	return out
}

// wish is what others shall be told.
func (s *Server) wish() mdns.Wish {
	told := s.told("mdns")
	if len(told) == 0 {
		return mdns.Wish{}
	}
	c := s.config()
	w := mdns.Wish{Name: s.name(), Host: s.addrs.host}
	for _, g := range s.gates {
		if d, _, _ := g.now(); d == nil || g.services == nil {
			continue
		}
		answers := g
		if g.within != "" {
			answers = s.gate(g.within)
		}
		port, at := s.announcedPort(answers), s.answering(answers, told)
		if port == 0 || len(at) == 0 {
			continue
		}
		for _, one := range g.services(&c) {
			one.Port, one.Interfaces = port, at
			w.Services = append(w.Services, one)
		}
	}
	return w
}

// told are the networks that shall be told of this computer in a kind of announcement.
func (s *Server) told(kind string) []place {
	c := s.config()
	if !c.Network.Announce || !slices.Contains(c.Network.AnnounceKinds, kind) {
		return nil
	}
	return slices.DeleteFunc(s.open(), func(p place) bool { return p.Silent })
}

// open are the networks in the room that are approved.
func (s *Server) open() []place {
	return slices.DeleteFunc(s.places.all(false), func(p place) bool {
		return !p.here.Near() || s.asking() && !p.Approved
	})
}

// answering are those interfaces of some networks where a door with a port answers.
func (s *Server) answering(g *gate, networks []place) (out []string) {
	list, _ := s.addrs.ranked()
	for _, a := range list {
		there := slices.ContainsFunc(networks, func(p place) bool { return p.has(a.Interface) })
		if there && s.doorAt(g, a) != "" && !slices.Contains(out, a.Interface) {
			out = append(out, a.Interface)
		}
	}
	return out
}

// announcedPort is the port of a door; 0 where only this computer can open it.
func (s *Server) announcedPort(g *gate) int {
	d, _, _ := g.now()
	if d == nil {
		return 0
	}
	for _, at := range d.Addrs() {
		if !at.Addr().IsLoopback() {
			return int(at.Port())
		}
	}
	return 0
}

// webURL is the address of the web door at a name.
func (s *Server) webURL(host string, port int) string {
	scheme, usual := "http", 80
	if s.config().HTTP.TLS.Required {
		scheme, usual = "https", 443
	}
	if port == usual {
		return scheme + "://" + host
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(port))
}

// Peers tells which other Porticos and file servers are on the approved networks.
func (d admin) Peers(ctx context.Context) api.PeerList {
	out := api.PeerList{Peers: []api.Peer{}, Servers: []api.FileServer{}}
	if d.s.speaker == nil {
		return out
	}
	var names []string
	for _, p := range d.s.open() {
		names = append(names, p.here.Interfaces...)
	}
	found := d.s.speaker.Peers(ctx, names)
	for _, p := range found {
		if p.Type == mdns.PorticoService {
			out.Peers = append(out.Peers, api.Peer{Name: p.Name, URL: p.URL, Address: p.Address.String(), Seen: p.Seen.UnixMilli()})
		} else if !slices.ContainsFunc(found, func(o mdns.Peer) bool {
			return o.Type == mdns.PorticoService && o.Address == p.Address && o.Name == p.Name
		}) {
			out.Servers = append(out.Servers, api.FileServer{Type: p.Type, Name: p.Name, URL: p.URL, Address: p.Address.String(), Port: p.Port,
				Network: d.s.places.of(p.Address).ID, Seen: p.Seen.UnixMilli()})
		}
	}
	return out
}

// beginAnnouncing makes the voices of this computer; closing them takes back what they said.
func (s *Server) beginAnnouncing() {
	s.voices = s.newVoices()
	s.speaker = mdns.New(s.o.Log.With("room", "mdns"), s.places.touch)
}

// forgetAskers drops who asked elsewhere.
func (s *Server) forgetAskers() {
	if s.speaker == nil {
		return
	}
	s.speaker.Forget()
	for _, v := range s.voices {
		v.Forget()
	}
}

func (s *Server) endAnnouncing() {
	if s.speaker == nil {
		return
	}
	s.speaker.Close()
	for _, v := range s.voices {
		v.Close()
	}
}

// touch notes that others are told something else.
func (p *places) touch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes++
}
