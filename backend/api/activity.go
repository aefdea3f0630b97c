package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
	"portico/backend/event"
)

// Fact is one line of Activity.
type Fact struct {
	ID       int64  `json:"id"`
	Time     int64  `json:"time" doc:"Milliseconds since 1970"`
	Kind     string `json:"kind" example:"created" doc:"The verb: created, replaced, removed, renamed, read, signed-in, shared …"`
	Sentence string `json:"sentence" example:"alice added cat.jpg" doc:"The line as a person reads it"`
	Path     string `json:"path,omitempty" doc:"Path in the tree"`
	From     string `json:"from,omitempty" doc:"Of renamed and copied"`
	Size     int64  `json:"size,omitempty" doc:"Bytes"`
	Count    int64  `json:"count,omitempty" doc:"Files, where it tells of several"`
	SHA256   string `json:"sha256,omitempty"`
	Door     string `json:"door,omitempty" example:"http"`
	Remote   string `json:"remote,omitempty" example:"192.168.1.20"`
	Client   string `json:"client,omitempty" doc:"What the client calls itself"`
	Identity string `json:"identity,omitempty" example:"account:k2f" doc:"Who it was, for filtering"`
	Name     string `json:"name,omitempty" example:"alice" doc:"Who it was, for reading"`
	Batch    string `json:"batch,omitempty" doc:"Groups what was sent or fetched together"`
	Code     string `json:"code,omitempty" example:"NET-FW-01"`
}

// Activity is a page of the log.
type Activity struct {
	Events []Fact `json:"events" nullable:"false" doc:"With after: oldest first; else newest first"`
	More   bool   `json:"more" doc:"There may be more in that direction"`
}

type activityQuery struct {
	After  int64 `query:"after" minimum:"0" doc:"Only events with a greater id, oldest first"`
	Before int64 `query:"before" minimum:"0" doc:"Only events with a smaller id, newest first"`
	Limit  int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

func (a *API) activityOperation(h huma.API) {
	type output struct{ Body *Activity }
	op := operation(http.MethodGet, "/-/api/activity", "activity", "What happened",
		"Whoever administers sees everything, everybody else what they did themselves. Without after and before: the newest.")
	huma.Register(h, op, func(ctx context.Context, q *activityQuery) (*output, error) {
		c := callerOf(ctx)
		out, err := c.activity(ctx, *q)
		if err != nil {
			return nil, c.problem(err)
		}
		return &output{out}, nil
	})
}

func (c *caller) activity(ctx context.Context, q activityQuery) (*Activity, error) {
	who := ""
	if !c.administers() {
		switch c.id.Kind {
		case access.Account, access.Device, access.Token:
			who = c.id.String()
		default:
			// A guest is many people: none of them sees what the others do.
			return nil, c.needAdmin()
		}
	}
	list, err := c.events(ctx, q, who)
	if err != nil {
		return nil, err
	}
	out := &Activity{Events: make([]Fact, len(list)), More: len(list) == q.Limit}
	for i, e := range list {
		out.Events[i] = factOf(e)
	}
	return out, nil
}

func (c *caller) events(ctx context.Context, q activityQuery, who string) ([]event.Event, error) {
	src := c.api.o.Source
	if q.After == 0 {
		return src.Past(ctx, q.Before, who, q.Limit)
	}
	if who == "" {
		return src.Events(ctx, q.After, q.Limit)
	}
	// One's own log is short: the newest of it, cut where the asker stands.
	list, err := src.Past(ctx, q.Before, who, q.Limit)
	for i, e := range list {
		if e.ID <= q.After {
			list = list[:i]
			break
		}
	}
	slices.Reverse(list)
	return list, err
}

func factOf(e event.Event) Fact {
	return Fact{
		ID: e.ID, Time: e.Time.UnixMilli(), Kind: string(e.Kind), Sentence: event.Sentence(e), Path: e.Path, From: e.From,
		Size: e.Size, Count: e.Count, SHA256: e.Hash, Door: e.Door, Remote: e.Remote, Client: e.Client,
		Identity: e.Identity, Name: e.Name, Batch: e.Batch, Code: e.Code,
	}
}
