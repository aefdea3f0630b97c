package api

import (
	"context"
	"net"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
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
		func(c *caller, in *SignInRequest) (*Who, error) {
			id, err := a.o.Cookies.SignIn(c.w, c.r, in.Name, in.Password)
			if err != nil {
				return nil, err
			}
			return c.who(id), nil
		})
	huma.Register(h, operation(http.MethodDelete, "/-/api/session", "sign-out", "Sign out", "Ends the session of the cookie."),
		func(ctx context.Context, _ *struct{}) (*struct{}, error) {
			c := callerOf(ctx)
			if err := a.o.Cookies.SignOut(c.w, c.r); err != nil {
				return nil, c.problem(err)
			}
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
