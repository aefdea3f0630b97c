package api

import (
	"context"
	"errors"
	"io/fs"
	"net/http"

	"portico/backend/event"
	"portico/backend/problem"
	"portico/backend/vfs"
)

// UndoAnswer tells what was taken back.
type UndoAnswer struct {
	Removed  int64       `json:"removed" doc:"Files that went into the trash"`
	Restored int64       `json:"restored" doc:"Files that are again what they were before"`
	Stayed   int64       `json:"stayed" doc:"Files that were not taken back"`
	Left     []NotUndone `json:"left" nullable:"false" doc:"Of these, why; the first hundred"`
}

// NotUndone is a file that was not taken back.
type NotUndone struct {
	Path    string           `json:"path"`
	Problem *problem.Problem `json:"problem"`
}

const undoneTold = 100

// Undone remembers which batches were taken back, each by the id of its newest event. All methods may be
// called from many goroutines.
type Undone interface {
	Has(newest int64) bool
	Add(ctx context.Context, newest int64) error
}

// undo takes a batch back. What cannot be is told; asking again goes on where a broken one ended.
func (c *caller) undo(ctx context.Context, id string) (*UndoAnswer, error) {
	// The list is brought up to date before it is asked.
	if _, _, err := c.api.changedBatches(ctx, 0); err != nil {
		return nil, err
	}
	m, first, last, err := c.api.batches.beginUndo(id)
	if err != nil {
		return nil, err
	}
	out, again, err := c.takeBack(ctx, m, first, last)
	done := err == nil && !again
	c.api.batches.endUndo(id, done)
	if done && c.api.o.Undone != nil {
		if err := c.api.o.Undone.Add(ctx, last); err != nil {
			c.api.o.Log.Warn("that something was taken back is forgotten at the next start", "error", err)
		}
	}
	return out, err
}

// takeBack takes back what a mark made between two events. again: some of what stayed may go another
// time.
func (c *caller) takeBack(ctx context.Context, m mark, first, last int64) (out *UndoAnswer, again bool, err error) {
	at, err := c.at("/")
	if err != nil {
		return nil, false, err
	}
	list, err := c.api.arrivalsOf(ctx, m, first, last)
	if err != nil {
		return nil, false, err
	}
	out = &UndoAnswer{Left: []NotUndone{}}
	for _, one := range list {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		err := at.TakeBack(one.first, one.last)
		folder := one.first.Kind == event.Folder
		switch {
		case folder: // nobody counts these: one that holds something stays
		case err == nil && one.first.Kind == event.Replaced:
			out.Restored++
		case err == nil:
			out.Removed++
		default:
			again = again || !errors.Is(err, vfs.ErrPrecondition) && !errors.Is(err, fs.ErrNotExist)
			if out.Stayed++; len(out.Left) < undoneTold {
				out.Left = append(out.Left, NotUndone{one.last.Path, c.stays(err)})
			}
		}
	}
	return out, again, nil
}

// stays says why a file was not taken back.
func (c *caller) stays(err error) *problem.Problem {
	p := *c.problem(err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Detail, p.Next = "It is not there any more.", "Nothing needs to be done."
	case errors.Is(err, vfs.ErrPrecondition):
		p.Next = "Look at it yourself."
	}
	p.Did = "It was left as it is."
	return &p
}

// arrivedAt is what a batch did to one name: at first, and last.
type arrivedAt struct{ first, last event.Event }

// arrivalsOf returns what a batch made: files first, then folders, the youngest of each first.
func (a *API) arrivalsOf(ctx context.Context, m mark, first, last int64) ([]*arrivedAt, error) {
	q := event.Query{
		Kinds: []event.Kind{event.Created, event.Replaced, event.Appended, event.Folder}, Before: last + 1, After: first - 1,
		Batch: m.batch, Door: m.door, Limit: 1000,
	}
	var files, folders []*arrivedAt
	by := map[int64]*arrivedAt{}
	for {
		page, err := a.o.Source.Activity(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if (mark{e.Batch, m.direction, e.Identity, e.Name, e.Door, e.Remote, e.Client}) != m {
				continue
			}
			if one := by[e.Node]; one != nil {
				one.first = e
				continue
			}
			one := &arrivedAt{e, e}
			by[e.Node] = one
			if e.Kind == event.Folder {
				folders = append(folders, one)
			} else {
				files = append(files, one)
			}
		}
		if len(page) < q.Limit {
			return append(files, folders...), nil
		}
		q.Before = page[len(page)-1].ID
	}
}

// beginUndo takes a batch for being taken back, once.
func (l *ledger) beginUndo(id string) (m mark, first, last int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.by[id]
	if t == nil {
		return m, 0, 0, problem.Absent()
	}
	if b := t.batch(); !b.Undo || b.State == stateMoving || len(b.Files) > 0 {
		return m, 0, 0, notUndone(t)
	}
	t.undoing, t.changed = true, 0
	return t.mark, t.first, t.last, nil
}

func (l *ledger) endUndo(id string, done bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.by[id]; t != nil {
		t.undoing, t.undone, t.changed = false, done, 0
	}
}

// notUndone says why a batch cannot be taken back.
func notUndone(t *tally) error {
	p := &problem.Problem{Status: http.StatusConflict, Code: "FS-UNDO-01", Title: "It cannot be taken back", Did: "Nothing was changed."}
	switch {
	case t.undoing, t.undone:
		p.Detail, p.Next = "It is being taken back, or was already.", "Look at the list again."
	case t.state == stateMoving, len(t.live.ids) > 0:
		p.Detail, p.Next = "It still moves.", "Stop it first, or wait until it is done."
	default:
		p.Detail, p.Next = "Not everything of it would be kept.", "Remove by hand what shall not be there."
	}
	return p
}
