package server

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"portico/backend/account"
	"portico/backend/api"
	"portico/backend/share"
)

// Status tells what the house does now. Volumes and transfers are the API's to add.
func (s *Server) Status(ctx context.Context) api.Status {
	st := api.Status{
		Host: s.name(), Version: s.o.Version, Started: s.started.UnixMilli(), Addresses: s.Addresses(), Doors: []api.Door{},
	}
	for _, g := range s.gates {
		st.Doors = append(st.Doors, s.doorNow(g))
	}
	if list, err := s.shares.List(ctx, account.Owner()); err == nil {
		for _, one := range list {
			if one.State == share.Open {
				st.Shares++
			}
		}
	}
	return st
}

// doorNow tells how a door stands.
func (s *Server) doorNow(g *gate) api.Door {
	d, _, problem := g.now()
	row := api.Door{Name: g.name, Title: g.title, Open: d != nil, Address: s.doorURL(g), Clear: g.warn != "", Warn: g.warn}
	if g.risks != nil {
		c := s.config()
		row.Warn = strings.TrimSpace(row.Warn + " " + g.risks(&c))
	}
	if at, ok := spotOf(row.Address); ok {
		if g.within == "" {
			row.Port, _ = strconv.Atoi(at.port)
		}
		row.Lines = g.lines(at)
		if m, ok := d.(interface{ more() []api.DoorLine }); ok {
			row.Lines = append(row.Lines, m.more()...)
		}
	}
	if m, ok := d.(interface{ Problem() error }); ok && problem == nil {
		problem = m.Problem()
	}
	if problem != nil {
		row.Problem = problem.Error()
	}
	return row
}

// oldFrom warns of the devices for which old encryption is open.
func oldFrom(protocol string, places map[string]string) string {
	var who []string
	for _, from := range slices.Sorted(maps.Keys(places)) {
		who = append(who, places[from]+" at "+from)
	}
	if who == nil {
		return ""
	}
	return "Old " + protocol + ", which can be broken on the way, is taken from " + strings.Join(who, ", ") + "."
}

// spotOf reads the address of a door. The web door's may be a name with a path behind it and no port.
func spotOf(address string) (spot, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return spot{}, false
	}
	at := spot{base: strings.TrimSuffix(address, "/"), host: u.Hostname(), port: u.Port()}
	if strings.Contains(at.host, ":") {
		at.host = "[" + at.host + "]"
	}
	if at.port == "" {
		at.port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return at, true
}
