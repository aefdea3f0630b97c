package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/problem"
)

// BatchList is what moves now and what moved within the last day, as people think of it.
type BatchList struct {
	Batches []Batch `json:"batches" nullable:"false" doc:"The oldest first"`
}

// Batch is what one device sends into, or fetches from, this computer at a time.
type Batch struct {
	ID        string   `json:"id"`
	Direction string   `json:"direction" enum:"in,out" doc:"in: it comes to this computer"`
	State     string   `json:"state" enum:"moving,waiting,done" doc:"waiting: it was cut, or more was announced than came; the device may go on with it"`
	By        Party    `json:"by"`
	Door      string   `json:"door" example:"http"`
	Remote    string   `json:"remote,omitempty" example:"192.168.1.20"`
	Client    string   `json:"client,omitempty" doc:"What the client calls itself"`
	Batch     string   `json:"batch,omitempty" doc:"What the client calls the batch; Activity can be asked for what of it is done"`
	Path      string   `json:"path" doc:"Folder in the tree that holds all its files"`
	Latest    string   `json:"latest,omitempty" doc:"Path of the file that came last"`
	Files     []string `json:"files" nullable:"false" doc:"Ids of the transfers that move now, or wait"`
	FilesDone int64    `json:"filesDone"`
	FilesAll  int64    `json:"filesAll" doc:"As the client says, which may be wrong; -1 unknown"`
	Failed    int64    `json:"failed"`
	Why       string   `json:"why,omitempty" doc:"Why the latest that failed did, in words"`
	Done      int64    `json:"done" doc:"Bytes on the disk, or sent"`
	Total     int64    `json:"total" doc:"Bytes in all, as the client says or as far as is known; -1 unknown"`
	Speed     int64    `json:"speed" doc:"Bytes a second of late"`
	ETA       int64    `json:"eta" doc:"Seconds until it is done, -1 unknown"`
	Since     int64    `json:"since" doc:"Milliseconds since 1970"`
	Last      int64    `json:"last" doc:"Its last sign of life, milliseconds since 1970"`
	First     int64    `json:"first,omitempty" doc:"Id of its first event"`
	Newest    int64    `json:"newest,omitempty" doc:"Id of its newest event"`
	Stopped   bool     `json:"stopped,omitempty" doc:"Whoever administers stopped it"`
	Undo      bool     `json:"undo" doc:"What arrived can be taken back, once nothing of it moves"`
	Undone    bool     `json:"undone,omitempty" doc:"It was taken back"`
}

const (
	stateMoving  = "moving"
	stateWaiting = "waiting"
	stateDone    = "done"
)

// stands says how a batch stands: between two files it moves on.
func (t *tally) stands(now time.Time) string {
	quiet := now.Sub(t.sign)
	more := t.allFiles > t.files && t.mark.direction == "in" && !t.stopped
	switch {
	case len(t.live.ids) > 0 && t.live.waiting:
		return stateWaiting
	case len(t.live.ids) > 0, more && quiet < batchPatience, !more && t.allFiles == 0 && quiet < batchLull:
		return stateMoving
	case more && quiet < batchAway:
		return stateWaiting
	}
	return stateDone
}

// shown reports whether there is anything to tell: of what was cut before any of it came there is not.
func (t *tally) shown(now time.Time) bool {
	return t.state != stateDone || t.files+int64(len(t.failed))+t.fetched.files > 0 || now.Sub(t.sign) < batchUntold
}

func (t *tally) batch() Batch {
	m := t.mark
	kind, _, _ := strings.Cut(m.identity, ":")
	b := Batch{
		ID: t.id, Direction: m.direction, State: t.state, By: Party{Kind: kind, Name: m.name}, Door: m.door, Remote: m.remote,
		Client: m.client, Batch: m.batch, Path: t.path, Latest: t.latest, Files: append([]string{}, t.live.ids...),
		FilesDone: t.files + t.fetched.files, FilesAll: -1, Failed: int64(len(t.failed)), Why: t.why,
		Done: t.bytes + t.fetched.bytes + t.live.done, Total: -1, Speed: t.live.speed, ETA: -1,
		Since: t.since.UnixMilli(), Last: t.sign.UnixMilli(), First: t.first, Newest: t.last, Stopped: t.stopped, Undone: t.undone,
	}
	if t.allFiles > 0 {
		b.FilesAll = max(t.allFiles, b.FilesDone+int64(len(t.live.ids)))
	}
	if b.Failed == 0 {
		b.Why = ""
	}
	switch {
	case t.allBytes > 0:
		b.Total = max(t.allBytes, b.Done)
	case t.live.total >= 0:
		b.Total = max(b.Done, b.Done-t.live.done+t.live.total)
	}
	if b.Total >= 0 && b.Speed > 0 {
		b.ETA = (b.Total - b.Done + b.Speed - 1) / b.Speed
	}
	b.Undo = b.Direction == "in" && t.arrived && t.whole && !t.undone && !t.undoing
	return b
}

// changedBatches are the batches that changed after a version, and the version now.
func (a *API) changedBatches(ctx context.Context, after uint64) ([]Batch, uint64, error) {
	list := a.o.Tree.Transfers()
	speeds := a.meter.look(list, time.Now())
	all := make([]moving, 0, len(list))
	for _, t := range append(list, a.o.Tree.Waiting()...) {
		all = append(all, moving{t, speeds[t.ID]})
	}
	return a.batches.look(ctx, all, time.Now(), after)
}

// batchOperations are those on what belongs together.
func (a *API) batchOperations(h huma.API) {
	type output struct{ Body *BatchList }
	huma.Register(h, operation(http.MethodGet, "/-/api/batches", "batches", "What moves now and moved within a day, per device and batch", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*output, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			list, _, err := a.changedBatches(ctx, 0)
			if err != nil {
				return nil, c.problem(err)
			}
			return &output{&BatchList{Batches: list}}, nil
		})
	type id struct {
		ID string `path:"id" maxLength:"128"`
	}
	huma.Register(h, operation(http.MethodDelete, "/-/api/batches/{id}", "stop-batch", "Stop all transfers of a batch that move or wait", "For whoever administers. Its client sees errors within a second.", signedIn),
		func(ctx context.Context, in *id) (*struct{}, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			list, _, err := a.changedBatches(ctx, 0)
			if err != nil {
				return nil, c.problem(err)
			}
			stopped := false
			for _, b := range list {
				for _, transfer := range b.Files {
					stopped = b.ID == in.ID && a.o.Tree.Stop(transfer) || stopped
				}
			}
			if !stopped {
				return nil, problem.Absent()
			}
			a.batches.stop(in.ID)
			return nil, nil
		})
	type undone struct{ Body *UndoAnswer }
	huma.Register(h, operation(http.MethodPost, "/-/api/batches/{id}/undo", "undo-batch", "Take back what arrived in a batch",
		"For whoever administers. Files that it made go into the trash, what it replaced comes back. What was changed since stays, and is told.", signedIn),
		func(ctx context.Context, in *id) (*undone, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			out, err := c.undo(ctx, in.ID)
			if err != nil {
				return nil, c.problem(err)
			}
			return &undone{out}, nil
		})
}
