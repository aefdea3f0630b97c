package server

import (
	"context"
	"errors"
	"fmt"

	"portico/backend/account"
)

// SMBRequest asks for an account's password for SMB, or takes it away.
type SMBRequest struct {
	Name string `json:"name"`
	Off  bool   `json:"off,omitempty"`
}

func userSMB(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r SMBRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	a, err := s.user(ctx, r.Name)
	if err != nil {
		return nil, err
	}
	var out Secret
	if r.Off {
		err = s.accounts.DropSMB(ctx, a.ID)
	} else {
		out.Secret, err = s.accounts.SetSMB(ctx, a.ID)
	}
	if errors.Is(err, account.ErrGiven) {
		err = fmt.Errorf("%s was given at start and comes by SMB with the password that it was given", a.Name)
	}
	return out, err
}
