package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/event"
)

// tableStep is how many events are read from the log at a time.
const tableStep = 500

type tableQuery struct {
	ActivityFilter
	Limit int `query:"limit" minimum:"0" default:"0" doc:"At most so many rows; 0: all"`
}

// activityTable registers Activity as a table for spreadsheets.
func (a *API) activityTable(h huma.API) {
	op := operation(http.MethodGet, "/-/api/activity.csv", "activity-table", "What happened, as a table",
		activityWho+"RFC 4180 with a header line, in UTF-8 with a byte order mark, times in UTC as RFC 3339. No cell begins like a formula. "+
			"An answer that breaks off is not whole.", signedIn)
	op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
		"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	huma.Register(h, op, func(ctx context.Context, in *tableQuery) (*huma.StreamResponse, error) {
		c := callerOf(ctx)
		q, err := c.query(in.ActivityFilter)
		if err != nil {
			return nil, c.problem(err)
		}
		t := &table{caller: c, q: q, left: in.Limit, all: in.Limit == 0}
		// The first rows are read before the answer begins, while it can still be a problem.
		if err := t.read(ctx); err != nil {
			return nil, c.problem(err)
		}
		return &huma.StreamResponse{Body: func(huma.Context) { t.send(ctx) }}, nil
	})
}

// table writes Activity step by step: the log may be long.
type table struct {
	*caller
	q    event.Query
	page []event.Event
	left int // rows that may still come
	all  bool
}

// read gets the next page; none is the end.
func (t *table) read(ctx context.Context) (err error) {
	t.q.Limit = tableStep
	if !t.all {
		t.q.Limit = min(tableStep, t.left)
	}
	if t.page = nil; t.q.Limit == 0 {
		return nil
	}
	if t.page, err = t.api.o.Source.Activity(ctx, t.q); err != nil || len(t.page) == 0 {
		return err
	}
	t.left -= len(t.page)
	if last := t.page[len(t.page)-1].ID; t.q.Oldest {
		t.q.After = last
	} else {
		t.q.Before = last
	}
	return nil
}

// send writes everything. What fails half way ends the connection, so that nobody takes a part for
// the whole.
func (t *table) send(ctx context.Context) {
	h := t.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="portico-activity-`+time.Now().UTC().Format("2006-01-02")+`.csv"`)
	out, rc := event.NewCSV(t.w), http.NewResponseController(t.w)
	var err error
	for first := true; err == nil && (first || len(t.page) > 0); first = false {
		for _, e := range t.page {
			err = errors.Join(err, out.Write(e))
		}
		if err = errors.Join(err, out.Flush()); err == nil {
			err = rc.Flush()
		}
		if err == nil && len(t.page) == t.q.Limit {
			err = t.read(ctx)
		} else {
			t.page = nil
		}
	}
	if err != nil {
		if ctx.Err() == nil {
			t.api.o.Log.Warn("a table of Activity was not sent whole", "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}
