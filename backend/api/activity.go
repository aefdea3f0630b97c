package api

import (
	"context"
	"net/http"
	"path"
	"strings"
	"time"

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
	More   bool   `json:"more" doc:"There is more in that direction"`
}

// ActivityFilter is what Activity can be narrowed to; the page and the table take the same.
type ActivityFilter struct {
	After  int64    `query:"after" minimum:"0" doc:"Only events with a greater id, oldest first"`
	Before int64    `query:"before" minimum:"0" doc:"Only events with a smaller id, newest first"`
	Kinds  []string `query:"kind,explode" nullable:"false" maxItems:"32" enum:"created,replaced,appended,folder,removed,restored,renamed,copied,read,refused,failed,signed-in,signed-out,wrong-secret,shared,unshared,paused,resumed,opened,door-opened,door-closed,volume-absent,volume-back,notice" doc:"Only these verbs; may stand several times"`
	Path   string   `query:"path" maxLength:"4096" example:"/photos" doc:"Only this path in the tree and what lies below it, old names too"`
	Text   string   `query:"text" maxLength:"256" doc:"Only what has this text in names, paths, addresses or words, in letters of any case"`
	Who    string   `query:"who" maxLength:"256" example:"alice" doc:"Only this party: its name, or its identity as events say it"`
	Door   string   `query:"door" maxLength:"32" example:"http" doc:"Only through this door"`
	Batch  string   `query:"batch" maxLength:"64" doc:"Only of this batch, as events say it"`
	Since  int64    `query:"since" minimum:"0" maximum:"9000000000000" doc:"Only from this moment on, milliseconds since 1970"`
	Until  int64    `query:"until" minimum:"0" maximum:"9000000000000" doc:"Only before this moment, milliseconds since 1970"`
}

type activityQuery struct {
	ActivityFilter
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

const activityWho = "Whoever administers sees everything, everybody else what they did themselves. Filters narrow that together. "

func (a *API) activityOperations(h huma.API) {
	type output struct{ Body *Activity }
	op := operation(http.MethodGet, "/-/api/activity", "activity", "What happened",
		activityWho+"Without after and before: the newest. The next page begins at the id of the last event.", signedIn)
	huma.Register(h, op, func(ctx context.Context, q *activityQuery) (*output, error) {
		c := callerOf(ctx)
		out, err := c.activity(ctx, *q)
		if err != nil {
			return nil, c.problem(err)
		}
		return &output{out}, nil
	})
	a.activityTable(h)
}

func (c *caller) activity(ctx context.Context, in activityQuery) (*Activity, error) {
	q, err := c.query(in.ActivityFilter)
	if err != nil {
		return nil, err
	}
	q.Limit = in.Limit + 1
	list, err := c.api.o.Source.Activity(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &Activity{More: len(list) > in.Limit}
	list = list[:min(len(list), in.Limit)]
	out.Events = make([]Fact, len(list))
	for i, e := range list {
		out.Events[i] = factOf(e)
	}
	return out, nil
}

// query is a filter as the log knows it, narrowed to what the caller may see.
func (c *caller) query(in ActivityFilter) (event.Query, error) {
	q := event.Query{Before: in.Before, After: in.After, Door: in.Door, Batch: in.Batch, Who: in.Who, Text: in.Text, Oldest: in.After > 0}
	if !c.administers() {
		switch c.id.Kind {
		case access.Account, access.Device, access.Token:
			q.Identity = c.id.String()
		default:
			// A guest is many people: none of them sees what the others do.
			return q, c.needAdmin()
		}
	}
	if in.Path != "" {
		if in.Path[0] != '/' || strings.IndexByte(in.Path, 0) >= 0 {
			return q, invalid("query.path", "must be a path that begins with a slash")
		}
		q.Path = path.Clean(in.Path)
	}
	for _, kind := range in.Kinds {
		q.Kinds = append(q.Kinds, event.Kind(kind))
	}
	if in.Since > 0 {
		q.Since = time.UnixMilli(in.Since)
	}
	if in.Until > 0 {
		q.Until = time.UnixMilli(in.Until)
	}
	return q, nil
}

func factOf(e event.Event) Fact {
	return Fact{
		ID: e.ID, Time: e.Time.UnixMilli(), Kind: string(e.Kind), Sentence: event.Sentence(e), Path: e.Path, From: e.From,
		Size: e.Size, Count: e.Count, SHA256: e.Hash, Door: e.Door, Remote: e.Remote, Client: e.Client,
		Identity: e.Identity, Name: e.Name, Batch: e.Batch, Code: e.Code,
	}
}
