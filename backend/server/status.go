package server

import (
	"context"

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
	row := api.Door{Name: g.name, Open: d != nil, Address: s.doorURL(g), Clear: g.clear}
	if problem != nil {
		row.Problem = problem.Error()
	}
	return row
}
