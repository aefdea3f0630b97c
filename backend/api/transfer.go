package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
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

// BatchList is what moves now, as people think of it.
type BatchList struct {
	Batches []Batch `json:"batches" nullable:"false" doc:"The oldest first"`
}

// Batch is what one device sends into, or fetches from, this computer at a time.
type Batch struct {
	ID        string   `json:"id" doc:"While it moves"`
	Direction string   `json:"direction" enum:"in,out" doc:"in: it comes to this computer"`
	By        Party    `json:"by"`
	Door      string   `json:"door" example:"http"`
	Remote    string   `json:"remote,omitempty" example:"192.168.1.20"`
	Client    string   `json:"client,omitempty" doc:"What the client calls itself"`
	Batch     string   `json:"batch,omitempty" doc:"What the client calls the batch; Activity can be asked for what of it is done"`
	Path      string   `json:"path" doc:"Folder in the tree that holds all its files"`
	Files     []string `json:"files" nullable:"false" doc:"Ids of the transfers that move now"`
	Done      int64    `json:"done" doc:"Bytes of these files on the disk, or sent"`
	Total     int64    `json:"total" doc:"Bytes of these files in all, -1 unknown"`
	Speed     int64    `json:"speed" doc:"Bytes a second of late"`
	ETA       int64    `json:"eta" doc:"Seconds until these files are done, -1 unknown"`
	Since     int64    `json:"since" doc:"Milliseconds since 1970"`
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

// batchOperations are those on what belongs together.
func (a *API) batchOperations(h huma.API) {
	type output struct{ Body *BatchList }
	huma.Register(h, operation(http.MethodGet, "/-/api/batches", "batches", "What moves now, per device and batch", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*output, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			return &output{&BatchList{Batches: batchesOf(a.transfers())}}, nil
		})
	type id struct {
		ID string `path:"id" maxLength:"128"`
	}
	huma.Register(h, operation(http.MethodDelete, "/-/api/batches/{id}", "stop-batch", "Stop all transfers of a batch that move now", "For whoever administers. Its client sees errors within a second.", signedIn),
		func(ctx context.Context, in *id) (*struct{}, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			stopped := false
			for _, t := range a.transfers() {
				if t.group() == in.ID && a.o.Tree.Stop(t.ID) {
					stopped = true
				}
			}
			if !stopped {
				return nil, problem.Absent()
			}
			return nil, nil
		})
}

// group names the batch of a transfer: what the client calls it, of one party at one place and in one
// direction. Clients that name none are one batch for as long as they move something.
func (t *Transfer) group() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{t.Batch, t.Direction, t.By.Kind, t.By.Name, t.Door, t.Remote, t.Client}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// batchesOf adds transfers up.
func batchesOf(list []Transfer) []Batch {
	out, at := []Batch{}, map[string]int{}
	for _, t := range list {
		id, folder := t.group(), access.Parent(t.Path)
		i, known := at[id]
		if !known {
			i = len(out)
			at[id] = i
			out = append(out, Batch{ID: id, Direction: t.Direction, By: t.By, Door: t.Door, Remote: t.Remote, Client: t.Client,
				Batch: t.Batch, Path: folder, Files: []string{}, Since: t.Since})
		}
		b := &out[i]
		for !access.Within(b.Path, folder) {
			b.Path = access.Parent(b.Path)
		}
		b.Files = append(b.Files, t.ID)
		b.Done, b.Speed, b.Since = b.Done+t.Done, b.Speed+t.Speed, min(b.Since, t.Since)
		if b.Total += t.Total; t.Total < 0 || b.Total < 0 {
			b.Total = math.MinInt64 / 2 // stays below 0, whatever is added
		}
	}
	for i := range out {
		b := &out[i]
		if b.ETA = -1; b.Total < 0 {
			b.Total = -1
		} else if b.Speed > 0 {
			b.ETA = max(0, b.Total-b.Done+b.Speed-1) / b.Speed
		}
	}
	return out
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
