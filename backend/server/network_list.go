package server

import (
	"context"
	"io/fs"
	"net/netip"
	"slices"
	"strings"

	"portico/backend/api"
	"portico/backend/discovery"
)

// Networks tells on which networks this computer is.
func (d admin) Networks(_ context.Context, all bool) api.LocalNetworkList {
	s := d.s
	out := api.LocalNetworkList{Networks: []api.LocalNetwork{}, Asking: s.asking(), Kinds: []string{}}
	c := s.config()
	out.Announce, out.Kinds = c.Network.Announce, append(out.Kinds, c.Network.AnnounceKinds...)
	said := s.said()
	for _, p := range s.places.all(all) {
		out.Networks = append(out.Networks, s.networkRow(p))
	}
	if port := s.announcedPort(s.gate("http")); port != 0 && said.Host != "" {
		out.Local = s.webURL(said.Host+".local", port)
	}
	return out
}

// networkRow is a network as the API shows it.
func (s *Server) networkRow(p place) api.LocalNetwork {
	list, chosen := s.addrs.ranked()
	c := s.config()
	row := api.LocalNetwork{
		ID: p.ID, Name: p.Name, Kind: p.Medium, Approved: p.Approved || !s.asking(), Announced: c.Network.Announce && !p.Silent,
	}
	if !p.Seen.IsZero() {
		row.Seen = p.Seen.UnixMilli()
	}
	if p.here == nil {
		return row
	}
	row.Here, row.Kind, row.Interface = true, p.here.Medium(), p.here.Interface
	for i, a := range list {
		if !p.has(a.Interface) {
			continue
		}
		row.Interface, row.Address, row.URL = a.Interface, a.Addr.String(), s.doorAt(s.gate("http"), a)
		row.Best, row.Chosen = i == 0, a.Interface == chosen
		break
	}
	if said := s.said(); said.On(row.Interface) {
		row.As = said.Instance
		for _, one := range said.There(row.Interface) {
			row.Services = append(row.Services, api.AnnouncedService{Type: one.Type, Port: one.Port, Path: one.Path})
		}
	}
	row.Announcements = s.announcements(row.Interface)
	return row
}

func (p *place) has(name string) bool {
	return p.here != nil && slices.Contains(p.here.Interfaces, name)
}

// doorAt is a door with a port at one address of this computer; "" where it does not answer there.
func (s *Server) doorAt(g *gate, a discovery.Address) string {
	for _, base := range s.bases(g) {
		if _, at, _ := strings.Cut(base, "://"); at == a.Host() || strings.HasPrefix(at, a.Host()+":") {
			return base
		}
	}
	return ""
}

// ChangeNetwork changes what is remembered of a network.
func (d admin) ChangeNetwork(ctx context.Context, id string, to api.NetworkChange) (api.LocalNetwork, error) {
	s := d.s
	if to.Name != nil {
		*to.Name = discovery.CleanName(*to.Name)
	}
	ok := s.places.change(id, func(m *remembered) {
		if to.Name != nil {
			m.Name = *to.Name
		}
		if to.Approved != nil {
			m.Approved, m.Told = *to.Approved, true
		}
		if to.Announced != nil {
			m.Silent = !*to.Announced
		}
	})
	if !ok {
		return api.LocalNetwork{}, fs.ErrNotExist
	}
	if to.Chosen != nil {
		if err := s.chooseNetwork(context.WithoutCancel(ctx), id, *to.Chosen); err != nil {
			return api.LocalNetwork{}, err
		}
	}
	s.decided()
	return s.networkRow(s.places.one(id)), nil
}

// chooseNetwork puts the address on a network first here, or no more.
func (s *Server) chooseNetwork(ctx context.Context, id string, first bool) error {
	p := s.places.one(id)
	switch {
	case p.here == nil:
		return refused("NET-AWAY-01", "This computer is not there", "Only the address on a network where this computer is can be shown.", "Choose one of the present networks.")
	case first:
		s.places.choose(p.here.Interface, false)
	case p.has(s.places.choice()):
		s.places.choose("", true)
		return s.setSetting(ctx, "network", nil)
	}
	return nil
}

// ForgetNetwork drops what is remembered of a network.
func (d admin) ForgetNetwork(_ context.Context, id string) error {
	if !d.s.places.forget(id) {
		return fs.ErrNotExist
	}
	d.s.decided()
	return nil
}

// decided puts what was decided about networks in force, and keeps it.
func (s *Server) decided() {
	s.keepPlaces()
	s.addrs.choose(s.places.choice())
	s.leavePaused()
	s.announce()
}

// NetworkOf is what the network of an address is called.
func (d admin) NetworkOf(from netip.Addr) string { return d.s.places.nameOf(from) }

// NetworksChanged grows whenever Networks may answer otherwise.
func (d admin) NetworksChanged() uint64 { return d.s.places.version() }

// nameOf is what the network is called that an address belongs to; "" where that is not known, or where
// there are several.
func (p *places) nameOf(from netip.Addr) string {
	from = from.Unmap().WithZone("")
	if from.IsLoopback() || p.mine(from) {
		return ""
	}
	return p.of(from).Name
}

func (p *places) mine(a netip.Addr) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Contains(p.own, a)
}

// of is the network that an address belongs to; the zero place where there is none or there are several.
func (p *places) of(from netip.Addr) place {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if of := discovery.Of(p.here, from); len(of) == 1 {
		return p.place(p.here[of[0]].ID)
	}
	return place{}
}

// one is a network by its id.
func (p *places) one(id string) place {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.place(id)
}
