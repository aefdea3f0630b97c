package api

import (
	"context"
	"net"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
	"portico/backend/account"
)

// doorName labels what comes through the API in events, as it does for the web door.
const doorName = "http"

// Who is the answer to "who am I?".
type Who struct {
	Identity Party  `json:"identity"`
	Admin    bool   `json:"admin" doc:"Whether one may see and do what concerns everybody"`
	Home     string `json:"home" example:"/home/alice/" doc:"URL path where one's own files begin"`
	Secure   bool   `json:"secure" doc:"Whether this connection is encrypted"`
	Host     string `json:"host" example:"Studio laptop" doc:"Who shares this"`
}

// SignInRequest is a name and a password.
type SignInRequest struct {
	Name     string `json:"name" maxLength:"256" example:"alice" doc:"Empty: by password alone, for accounts that allow it"`
	Password string `json:"password" minLength:"1" maxLength:"1024"`
}

// UnlockRequest opens a share that has a password.
type UnlockRequest struct {
	Key      string `json:"key" minLength:"1" maxLength:"64" example:"k7qf2mzx" doc:"Key of the share, as in /s/KEY"`
	Password string `json:"password" minLength:"1" maxLength:"1024"`
}

func (a *API) sessionOperations(h huma.API) {
	type who struct{ Body *Who }
	huma.Register(h, operation(http.MethodGet, "/-/api/session", "who", "Who am I?", ""),
		func(ctx context.Context, _ *struct{}) (*who, error) {
			c := callerOf(ctx)
			return &who{c.who(c.id)}, nil
		})
	add(h, operation(http.MethodPost, "/-/api/session", "sign-in", "Sign in",
		"Sets a cookie. Scripts need none of this: they use Basic or Bearer with every request."),
		func(c *caller, in *SignInRequest) (*Who, error) { return c.signIn(in) })
	huma.Register(h, operation(http.MethodDelete, "/-/api/session", "sign-out", "Sign out", "Ends the session of the cookie."),
		func(ctx context.Context, _ *struct{}) (*struct{}, error) {
			c := callerOf(ctx)
			if secret := a.o.Cookies.Session(c.r); secret != "" {
				if err := a.o.Accounts.EndSession(ctx, secret); err != nil {
					return nil, c.problem(err)
				}
			}
			a.o.Cookies.SetSession(c.w, c.r, "")
			return nil, nil
		})
	type unlock struct{ Body UnlockRequest }
	huma.Register(h, operation(http.MethodPost, "/-/api/unlock", "unlock", "Open a share that has a password",
		"Sets a cookie that opens this share only."),
		func(ctx context.Context, in *unlock) (*struct{}, error) {
			c := callerOf(ctx)
			if err := a.o.Cookies.Unlock(c.w, c.r, in.Body.Key, in.Body.Password); err != nil {
				return nil, c.problem(err)
			}
			return nil, nil
		})
}

// signIn judges name and password and lets the browser keep a new session; the one that it had ends.
func (c *caller) signIn(in *SignInRequest) (*Who, error) {
	ctx, o := c.r.Context(), c.api.o
	about := account.SessionInfo{Remote: c.remote(), Door: doorName, Client: c.r.UserAgent(), Secure: o.Cookies.Secure(c.r)}
	show := account.Credential{Kind: account.Password, Name: in.Name, Secret: in.Password,
		Remote: about.Remote, Door: about.Door, Client: about.Client, Secure: about.Secure}
	if in.Name == "" {
		show.Kind = account.PasswordOnly
	}
	id, err := o.Accounts.Authenticate(ctx, show)
	if err != nil {
		return nil, err
	}
	secret, err := o.Accounts.StartSession(ctx, id, about)
	if err != nil {
		return nil, err
	}
	if old := o.Cookies.Session(c.r); old != "" {
		if err := o.Accounts.EndSession(ctx, old); err != nil {
			o.Log.Warn("a session that was replaced did not end", "error", err)
		}
	}
	o.Cookies.SetSession(c.w, c.r, secret)
	return c.who(id), nil
}

func (c *caller) who(id access.Identity) *Who {
	home := id.Home
	if home == "" || home == "/" {
		home = "/"
	} else {
		home += "/"
	}
	now := *c
	now.id = id
	return &Who{Identity: partyOf(id), Admin: now.administers(), Home: home, Secure: c.api.o.Cookies.Secure(c.r), Host: c.api.o.Name()}
}

// remote is the client's address without port, as the web door settled it.
func (c *caller) remote() string {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}
