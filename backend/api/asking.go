package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/device"
	"portico/backend/problem"
	"portico/backend/share"
)

// Asking is a device that waits to be let into a share.
type Asking struct {
	ID      string `json:"id" example:"k7qf2m"`
	Share   string `json:"share" doc:"Id of the share"`
	Title   string `json:"title" example:"Holiday photos" doc:"Of the share"`
	Name    string `json:"name" example:"iPhone · Safari" doc:"What the device is called, as far as it tells"`
	Remote  string `json:"remote" example:"192.168.1.30"`
	Client  string `json:"client" doc:"What the client calls itself"`
	Network string `json:"network,omitempty" example:"Home" doc:"The network that it comes from, where that is known"`
	Program bool   `json:"program,omitempty" doc:"It keeps no cookies: the answer is about every program at its address"`
	At      int64  `json:"at" doc:"Since when, milliseconds since 1970"`
	Until   int64  `json:"until" doc:"Then it is told that nobody answered"`
}

// AskingList is who waits.
type AskingList struct {
	Asking []Asking `json:"asking" nullable:"false" doc:"Who waits for longest first"`
}

// AskingAnswer is what the owner says.
type AskingAnswer struct {
	Allow  bool `json:"allow" doc:"It may come in, or not, until the share ends"`
	Always bool `json:"always,omitempty" doc:"With allow: into everything that the maker of the share shares"`
}

func (a *API) askingOperations(h huma.API) {
	type list struct{ Body *AskingList }
	huma.Register(h, operation(http.MethodGet, "/-/api/asking", "asking", "Devices that wait to be let in", "At one's own shares; at all of them, for whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*list, error) {
			c := callerOf(ctx)
			if err := c.needSomebody(); err != nil {
				return nil, err
			}
			out, err := c.asking(ctx)
			if err != nil {
				return nil, c.problem(err)
			}
			return &list{out}, nil
		})
	type answer struct {
		ID   string `path:"id" maxLength:"32"`
		Body AskingAnswer
	}
	huma.Register(h, operation(http.MethodPost, "/-/api/asking/{id}", "answer-asking", "Let a device in, or not", "It waits for two minutes at most.", signedIn),
		func(ctx context.Context, in *answer) (*struct{}, error) {
			c := callerOf(ctx)
			if err := c.needSomebody(); err != nil {
				return nil, err
			}
			if err := a.o.Shares.Admit(ctx, c.id, in.ID, in.Body.Allow, in.Body.Always); err != nil {
				return nil, c.problem(unasked(err, "LINK-ASK-06", "It does not wait any more", "That device was answered already, or nobody answered in time.", "It can ask again."))
			}
			return nil, nil
		})
}

// unasked tells that nobody waits, or was answered, under an id: share's own words are about links.
func unasked(err error, code, title, detail, next string) error {
	if !errors.Is(err, share.ErrNone) {
		return err
	}
	return &problem.Problem{Status: http.StatusNotFound, Code: code, Title: title, Detail: detail, Did: "Nothing was changed.", Next: next}
}

// asking is who waits at shares that the caller may see.
func (c *caller) asking(ctx context.Context) (*AskingList, error) {
	all, err := c.api.o.Shares.Asking(ctx, c.id)
	if err != nil {
		return nil, err
	}
	out := &AskingList{Asking: make([]Asking, len(all))}
	for i, r := range all {
		out.Asking[i] = c.api.askingOf(r)
	}
	return out, nil
}

func (a *API) askingOf(r share.Request) Asking {
	out := Asking{ID: r.ID, Share: r.Share, Title: r.Title, Name: device.Name(r.Client), Remote: r.Remote.String(), Client: r.Client,
		Program: r.Program, At: r.At.UnixMilli(), Until: r.Until.UnixMilli()}
	if a.o.Networks != nil {
		out.Network = a.o.Networks.NetworkOf(r.Remote)
	}
	return out
}

// asked sends who waits to be let in, when that is not what was sent last.
func (f *follower) asked(ctx context.Context) error {
	now := f.api.o.Shares.AskingChanged()
	if now == f.waits {
		return nil
	}
	f.waits = now
	list, err := f.asking(ctx)
	if err != nil {
		return nil // the next change tells
	}
	return f.wire.send("asking", 0, list)
}
