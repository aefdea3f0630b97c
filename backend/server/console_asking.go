package server

import (
	"context"
	"errors"
	"time"

	"portico/backend/account"
	"portico/backend/device"
	"portico/backend/share"
)

// Asker is a device that waits to be let into a share.
type Asker struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"` // of the share
	Name   string    `json:"name"`
	Remote string    `json:"remote"`
	Until  time.Time `json:"until"`
}

// AskerRequest answers one of them.
type AskerRequest struct {
	ID     string `json:"id"`
	Allow  bool   `json:"allow"`
	Always bool   `json:"always,omitempty"`
}

func askingList(s *Server, ctx context.Context, _ func(any) error) (any, error) {
	all, err := s.shares.Asking(ctx, account.Owner())
	out := make([]Asker, len(all))
	for i, r := range all {
		out[i] = Asker{ID: r.ID, Title: r.Title, Name: device.Name(r.Client), Remote: r.Remote.String(), Until: r.Until}
	}
	return out, err
}

func askingAnswer(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r AskerRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	err := s.shares.Admit(ctx, account.Owner(), r.ID, r.Allow, r.Always)
	if errors.Is(err, share.ErrNone) {
		err = errors.New("nobody waits under that id; whoever gets no answer within two minutes has to ask again")
	}
	return struct{}{}, err
}
