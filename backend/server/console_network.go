package server

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portico/backend/api"
)

// NetworkRequest names a network: by its id, its name, or the interface that it is on.
type NetworkRequest struct {
	Name string `json:"name"`
}

// KnownNetwork is a network as the console tells it.
type KnownNetwork = api.LocalNetwork

// NetworkList is every network that this computer is on or was.
type NetworkList struct {
	Networks []KnownNetwork `json:"networks"`
	Asking   bool           `json:"asking"` // links open on approved networks only
}

func networkList(s *Server, ctx context.Context, _ func(any) error) (any, error) {
	list := admin{s}.Networks(ctx, true)
	return NetworkList{Networks: list.Networks, Asking: list.Asking}, nil
}

func networkApprove(s *Server, ctx context.Context, in func(any) error) (any, error) {
	one, err := s.networkNamed(ctx, in)
	if err != nil {
		return nil, err
	}
	return one, s.approveNetwork(ctx, one.ID)
}

func networkForget(s *Server, ctx context.Context, in func(any) error) (any, error) {
	one, err := s.networkNamed(ctx, in)
	if err != nil {
		return nil, err
	}
	return one, admin{s}.ForgetNetwork(ctx, one.ID)
}

// networkNamed finds the network that a request names.
func (s *Server) networkNamed(ctx context.Context, in func(any) error) (api.LocalNetwork, error) {
	var r NetworkRequest
	if err := in(&r); err != nil {
		return api.LocalNetwork{}, err
	}
	all := admin{s}.Networks(ctx, true).Networks
	for _, same := range []func(n api.LocalNetwork) bool{
		func(n api.LocalNetwork) bool { return n.ID == r.Name },
		func(n api.LocalNetwork) bool { return n.Name == r.Name },
		func(n api.LocalNetwork) bool { return n.Here && n.Interface == r.Name },
		func(n api.LocalNetwork) bool { return strings.EqualFold(n.Name, r.Name) },
	} {
		found := slices.DeleteFunc(slices.Clone(all), func(n api.LocalNetwork) bool { return !same(n) })
		switch {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			return api.LocalNetwork{}, fmt.Errorf("%d networks are called “%s”; name one by its id, from portico network list --json", len(found), r.Name)
		}
	}
	return api.LocalNetwork{}, fmt.Errorf("this computer knows no network “%s”; portico network list shows those it knows", r.Name)
}

// approveNetwork lets links open on a network.
func (s *Server) approveNetwork(ctx context.Context, id string) error {
	approved := true
	_, err := admin{s}.ChangeNetwork(ctx, id, api.NetworkChange{Approved: &approved})
	return err
}
