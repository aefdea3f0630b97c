package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portico/backend/access"
	"portico/backend/account"
)

// Issued is a token as the console shows it: never the secret.
type Issued struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Rights  string    `json:"rights"`
	Root    string    `json:"root"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"`
	Expires time.Time `json:"expires,omitzero"`
}

// TokenRequest asks for tokens of an account; User "" is the owner of this computer.
type TokenRequest struct {
	User   string        `json:"user,omitempty"`
	ID     string        `json:"id,omitempty"`   // token.remove
	Name   string        `json:"name,omitempty"` // token.add
	Rights string        `json:"rights,omitempty"`
	Root   string        `json:"root,omitempty"`
	For    time.Duration `json:"for,omitempty"`
}

// holder is the identity whose tokens are meant.
func (s *Server) holder(ctx context.Context, user string) (access.Identity, error) {
	if user == "" {
		return account.Owner(), nil
	}
	a, err := s.user(ctx, user)
	if err != nil {
		return access.Identity{}, err
	}
	return s.accounts.Present(ctx, access.Identity{Kind: a.Kind, ID: a.ID})
}

func tokenList(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r TokenRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	who, err := s.holder(ctx, r.User)
	if err != nil {
		return nil, err
	}
	list, err := s.accounts.Tokens(ctx, who)
	out := make([]Issued, len(list))
	for i, t := range list {
		out[i] = showToken(t)
	}
	return out, err
}

func showToken(t account.IssuedToken) Issued {
	return Issued{ID: t.ID, Name: t.Name, Rights: t.Mask.String(), Root: t.Root, Created: t.Created, Used: t.Used, Expires: t.Expires}
}

func tokenAdd(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r TokenRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	rights, ok := access.ParseRight(r.Rights)
	if !ok {
		return nil, fmt.Errorf("%q are no rights: r read, w add, m move, d delete, g get, a administer, A all", r.Rights)
	}
	who, err := s.holder(ctx, r.User)
	if err != nil {
		return nil, err
	}
	n := account.NewToken{Name: r.Name, Mask: rights, Root: r.Root}
	if r.For > 0 {
		n.Expires = s.now().Add(r.For)
	}
	secret, t, err := s.accounts.CreateToken(ctx, who, n)
	return Secret{ID: t.ID, Secret: secret}, err
}

func tokenRemove(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r TokenRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	who, err := s.holder(ctx, r.User)
	if err != nil {
		return nil, err
	}
	err = s.accounts.RevokeToken(ctx, who, r.ID)
	if errors.Is(err, account.ErrGone) {
		err = fmt.Errorf("there is no token %q", r.ID)
	}
	return struct{}{}, err
}
