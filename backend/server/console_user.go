package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"portico/backend/account"
)

// User is an account as the console shows it.
type User struct {
	Name     string    `json:"name"`
	Kind     string    `json:"kind"` // account or device
	Role     string    `json:"role"`
	Groups   []string  `json:"groups,omitempty"`
	Disabled bool      `json:"disabled,omitempty"`
	Given    bool      `json:"given,omitempty"` // of the command line of the running instance
	Created  time.Time `json:"created"`
	Seen     time.Time `json:"seen,omitzero"`
}

// UserRequest names an account and what shall become of it.
type UserRequest struct {
	Name     string   `json:"name"`
	Password string   `json:"password,omitempty"`
	Admin    bool     `json:"admin,omitempty"`
	Groups   []string `json:"groups,omitempty"`   // user.add: its groups; user.group: those to join
	Leave    []string `json:"leave,omitempty"`    // user.group: those to leave
	Disabled bool     `json:"disabled,omitempty"` // user.disable: false enables again
}

// Secret is a password or token that is told once.
type Secret struct {
	ID      string `json:"id,omitempty"`
	Secret  string `json:"secret"`
	Warning string `json:"warning,omitempty"`
}

func showUser(a account.Account) User {
	return User{Name: a.Name, Kind: a.Kind.String(), Role: a.Role, Groups: a.Groups, Disabled: a.Disabled, Given: a.Given,
		Created: a.Created, Seen: a.Seen}
}

func userList(s *Server, ctx context.Context, _ func(any) error) (any, error) {
	list, err := s.accounts.List(ctx)
	out := make([]User, len(list))
	for i, a := range list {
		out[i] = showUser(a)
	}
	return out, err
}

func userAdd(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r UserRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	n := account.NewAccount{Name: r.Name, Password: r.Password, Groups: r.Groups, Role: account.RoleUser}
	if r.Admin {
		n.Role = account.RoleAdmin
	}
	made, err := s.accounts.Create(ctx, n)
	if err != nil {
		return nil, err
	}
	return showUser(made), nil
}

func userPasswd(s *Server, ctx context.Context, in func(any) error) (any, error) {
	return s.withUser(ctx, in, func(r UserRequest, a account.Account) error {
		if r.Password == "" {
			return errors.New("the new password is empty")
		}
		return s.accounts.SetPassword(ctx, a.ID, r.Password, false, "")
	})
}

// userReset is the way back in: a new random password, and everything else that signed in ends.
func userReset(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r UserRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	a, err := s.user(ctx, r.Name)
	if err != nil {
		return nil, err
	}
	password, err := s.accounts.Reset(ctx, a.ID)
	if err == nil && a.Disabled {
		enabled := false
		_, err = s.accounts.Update(ctx, a.ID, account.Change{Disabled: &enabled})
	}
	return Secret{Secret: password}, err
}

func userDisable(s *Server, ctx context.Context, in func(any) error) (any, error) {
	return s.withUser(ctx, in, func(r UserRequest, a account.Account) error {
		_, err := s.accounts.Update(ctx, a.ID, account.Change{Disabled: &r.Disabled})
		return err
	})
}

func userRemove(s *Server, ctx context.Context, in func(any) error) (any, error) {
	return s.withUser(ctx, in, func(_ UserRequest, a account.Account) error { return s.accounts.Delete(ctx, a.ID) })
}

func userGroup(s *Server, ctx context.Context, in func(any) error) (any, error) {
	return s.withUser(ctx, in, func(r UserRequest, a account.Account) error {
		groups := slices.DeleteFunc(append(a.Groups, r.Groups...), func(g string) bool {
			return slices.ContainsFunc(r.Leave, func(l string) bool { return account.Fold(l) == account.Fold(g) })
		})
		_, err := s.accounts.Update(ctx, a.ID, account.Change{Groups: &groups})
		return err
	})
}

// withUser does something to a named account and returns what it is afterwards, where it still is.
func (s *Server) withUser(ctx context.Context, in func(any) error, do func(UserRequest, account.Account) error) (any, error) {
	var r UserRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	a, err := s.user(ctx, r.Name)
	if err != nil {
		return nil, err
	}
	if err := do(r, a); err != nil {
		return nil, err
	}
	now, err := s.accounts.Get(ctx, a.ID)
	if errors.Is(err, account.ErrGone) {
		return showUser(a), nil
	}
	return showUser(now), err
}

func (s *Server) user(ctx context.Context, name string) (account.Account, error) {
	a, err := s.accounts.Find(ctx, name)
	if errors.Is(err, account.ErrGone) {
		err = fmt.Errorf("there is no account %q", name)
	}
	return a, err
}
