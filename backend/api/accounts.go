package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
	"portico/backend/account"
)

// Account is somebody who may sign in.
type Account struct {
	ID       string `json:"id"`
	Name     string `json:"name" example:"ada"`
	Admin    bool   `json:"admin,omitempty" doc:"May administer this server"`
	Disabled bool   `json:"disabled,omitempty" doc:"Is kept out"`
	Given    bool   `json:"given,omitempty" doc:"Was named when this server started, and is changed there; comes by SMB with the password that it was given"`
	SMB      bool   `json:"smb,omitempty" doc:"May sign in by SMB"`
	Seen     int64  `json:"seen,omitempty" doc:"When it signed in last, milliseconds since 1970"`
}

// AccountList is everybody who may sign in.
type AccountList struct {
	Accounts []Account `json:"accounts" nullable:"false"`
}

// SMBPassword is told once.
type SMBPassword struct {
	Password string `json:"password" doc:"Kept nowhere in a form in which it could be told again"`
}

func (a *API) accountOperations(h huma.API) {
	type list struct{ Body *AccountList }
	huma.Register(h, operation(http.MethodGet, "/-/api/accounts", "accounts", "Who may sign in", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*list, error) {
			if err := a.administers(ctx, true); err != nil {
				return nil, err
			}
			out, err := a.accounts(ctx)
			if err != nil {
				return nil, callerOf(ctx).problem(err)
			}
			return &list{out}, nil
		})
	type id struct {
		ID string `path:"id" maxLength:"128"`
	}
	type secret struct{ Body *SMBPassword }
	huma.Register(h, operation(http.MethodPost, "/-/api/accounts/{id}/smb", "set-smb-password", "Give an account a password for SMB",
		"For whoever administers. It is random and told once; an earlier one ends. SMB cannot use an account's own password: of that only a hash is kept that SMB does not know.", signedIn),
		func(ctx context.Context, in *id) (*secret, error) {
			if err := a.administers(ctx, true); err != nil {
				return nil, err
			}
			password, err := a.o.Accounts.SetSMB(ctx, in.ID)
			if err != nil {
				return nil, callerOf(ctx).problem(err)
			}
			return &secret{&SMBPassword{password}}, nil
		})
	huma.Register(h, operation(http.MethodDelete, "/-/api/accounts/{id}/smb", "drop-smb-password", "Take an account's password for SMB away", "For whoever administers.", signedIn),
		func(ctx context.Context, in *id) (*struct{}, error) {
			if err := a.administers(ctx, true); err != nil {
				return nil, err
			}
			if err := a.o.Accounts.DropSMB(ctx, in.ID); err != nil {
				return nil, callerOf(ctx).problem(err)
			}
			return nil, nil
		})
}

func (a *API) accounts(ctx context.Context) (*AccountList, error) {
	all, err := a.o.Accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	logins, err := a.o.Accounts.SMBLogins(ctx)
	out := &AccountList{Accounts: []Account{}}
	for _, one := range all {
		if one.Kind != access.Account {
			continue
		}
		row := Account{ID: one.ID, Name: one.Name, Admin: one.Role == account.RoleAdmin, Disabled: one.Disabled, Given: one.Given,
			SMB: slices.ContainsFunc(logins, func(l account.SMBLogin) bool { return l.ID == one.ID })}
		if !one.Seen.IsZero() {
			row.Seen = one.Seen.UnixMilli()
		}
		out.Accounts = append(out.Accounts, row)
	}
	return out, err
}
