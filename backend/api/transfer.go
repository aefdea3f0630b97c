package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/problem"
	"portico/backend/vfs"
)

// Transfer is one file that moves now.
type Transfer struct {
	ID        string `json:"id"`
	Direction string `json:"direction" enum:"in,out" doc:"in: it comes to this computer"`
	Path      string `json:"path" doc:"Path in the tree"`
	By        Party  `json:"by"`
	Door      string `json:"door" example:"http"`
	Remote    string `json:"remote,omitempty" example:"192.168.1.20"`
	Client    string `json:"client,omitempty" doc:"What the client calls itself"`
	Batch     string `json:"batch,omitempty" doc:"Groups what is sent or fetched together"`
	Done      int64  `json:"done" doc:"Bytes on the disk, or sent"`
	Total     int64  `json:"total" doc:"Bytes in all, -1 unknown"`
	Since     int64  `json:"since" doc:"Milliseconds since 1970"`
	Speed     int64  `json:"speed" doc:"Bytes a second of late, in three digits; 0 at the first look"`
	Waiting   bool   `json:"waiting,omitempty" doc:"It was cut and waits to be gone on with; to stop it removes it"`
}

func (a *API) transferOperations(h huma.API) {
	type output struct{ Body *TransferList }
	huma.Register(h, operation(http.MethodGet, "/-/api/transfers", "transfers", "What moves now, and what waits to be gone on with", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*output, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			return &output{&TransferList{Transfers: append(a.transfers(), transfersOf(a.o.Tree.Waiting())...)}}, nil
		})
	a.batchOperations(h)
	type id struct {
		ID string `path:"id" maxLength:"128"`
	}
	huma.Register(h, operation(http.MethodDelete, "/-/api/transfers/{id}", "stop", "Stop a transfer", "For whoever administers. Its client sees an error within a second.", signedIn),
		func(ctx context.Context, in *id) (*struct{}, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			if !a.o.Tree.Stop(in.ID) {
				return nil, problem.Absent()
			}
			return nil, nil
		})
}

// transfers are what moves now, and how fast.
func (a *API) transfers() []Transfer {
	list := a.o.Tree.Transfers()
	speeds := a.meter.look(list, time.Now())
	out := transfersOf(list)
	for i := range out {
		out[i].Speed = speeds[out[i].ID]
	}
	return out
}

func transfersOf(list []vfs.Transfer) []Transfer {
	out := make([]Transfer, len(list))
	for i, t := range list {
		out[i] = Transfer{ID: t.ID, Direction: "out", Path: t.Path, By: partyOf(t.Identity), Door: t.Origin.Door, Remote: t.Origin.Remote,
			Client: t.Origin.Client, Batch: t.Origin.Batch, Done: t.Done, Total: t.Total, Since: t.Since.UnixMilli(), Waiting: t.Waiting}
		if t.Verb == vfs.VerbCreate {
			out[i].Direction = "in"
		}
	}
	return out
}
