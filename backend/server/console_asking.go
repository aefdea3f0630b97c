package server

import (
	"context"
	"errors"
	"slices"
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

// Answered is a device that was let into a share, or not.
type Answered struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"` // of the share
	Name   string    `json:"name"`
	Remote string    `json:"remote,omitempty"`
	Answer string    `json:"answer"` // yes, no, or always: it is let into every share that asks
	At     time.Time `json:"at"`
}

// AnsweredRequest takes one of these answers back.
type AnsweredRequest struct {
	ID string `json:"id"`
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

func askingAnswered(s *Server, ctx context.Context, _ func(any) error) (any, error) {
	out := []Answered{}
	err := s.eachAnswer(ctx, func(at share.Share, a share.Answered) error {
		row := Answered{ID: a.ID, Title: at.Title, Name: device.Name(a.Client), Answer: "no", At: a.At}
		switch {
		case slices.ContainsFunc(out, func(o Answered) bool { return o.ID == a.ID }):
			return nil // it is for every share, and was listed with the first
		case a.Always:
			row.Answer = "always"
		case a.Allowed:
			row.Answer = "yes"
		}
		if a.Remote.IsValid() {
			row.Remote = a.Remote.String()
		}
		out = append(out, row)
		return nil
	})
	return out, err
}

func askingForget(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r AnsweredRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	done := false
	err := s.eachAnswer(ctx, func(at share.Share, a share.Answered) error {
		if done || a.ID != r.ID {
			return nil
		}
		done = true
		return s.shares.Forget(ctx, account.Owner(), at.ID, a.ID)
	})
	if err == nil && !done {
		err = errors.New("no answer has that id; see portico asking answers")
	}
	return struct{}{}, err
}

// eachAnswer goes through what was answered at every share.
func (s *Server) eachAnswer(ctx context.Context, do func(share.Share, share.Answered) error) error {
	all, err := s.shares.List(ctx, account.Owner())
	if err != nil {
		return err
	}
	for _, at := range all {
		list, err := s.shares.Answered(ctx, account.Owner(), at.ID)
		if errors.Is(err, share.ErrNone) {
			continue // it ended just now
		}
		if err != nil {
			return err
		}
		for _, a := range list {
			if err := do(at, a); err != nil {
				return err
			}
		}
	}
	return nil
}
