package api

import (
	"context"
	"net/http"

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
}

func (a *API) transferOperations(h huma.API) {
	type output struct{ Body *TransferList }
	huma.Register(h, operation(http.MethodGet, "/-/api/transfers", "transfers", "What moves now", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*output, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			return &output{&TransferList{Transfers: transfersOf(a.o.Tree.Transfers())}}, nil
		})
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

func transfersOf(list []vfs.Transfer) []Transfer {
	out := make([]Transfer, len(list))
	for i, t := range list {
		out[i] = Transfer{ID: t.ID, Direction: "out", Path: t.Path, By: partyOf(t.Identity), Door: t.Origin.Door, Remote: t.Origin.Remote,
			Client: t.Origin.Client, Batch: t.Origin.Batch, Done: t.Done, Total: t.Total, Since: t.Since.UnixMilli()}
		if t.Verb == vfs.VerbCreate {
			out[i].Direction = "in"
		}
	}
	return out
}
