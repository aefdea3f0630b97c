package api

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"path"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
	"portico/backend/problem"
)

// DropRequest names what was dropped on the window.
type DropRequest struct {
	Files []string      `json:"files" nullable:"false" minItems:"1" maxItems:"20000" example:"[\"/home/ada/Pictures/a.jpg\"]" doc:"Files and folders of this computer, whole paths as the system writes them"`
	Share *ShareOptions `json:"share,omitempty" doc:"Missing: view, until it is stopped"`
}

// desktopOperations are for the window of this computer: they speak of its disks, so they exist on
// the control listener only.
func (a *API) desktopOperations(h huma.API) {
	a.desktopVerbs(h)
	type in struct{ Body DropRequest }
	type output struct{ Body *ShareList }
	huma.Register(h, operation(http.MethodPost, "/-/api/desktop/share", "share-dropped", "Share what was dropped on the window",
		"On this computer's own window only. Files of one folder become one share; every folder, and the files of every further folder, become one of their own. What no served folder holds is served from then on, for nobody but whoever has the link.",
		signedIn, wide),
		func(ctx context.Context, in *in) (*output, error) {
			c := callerOf(ctx)
			if !a.o.Control || c.id.Kind != access.Owner || a.o.Admin == nil {
				return nil, problem.Absent()
			}
			out, err := c.drop(ctx, &in.Body)
			if err != nil {
				return nil, c.problem(err)
			}
			return &output{out}, nil
		})
}

// drop makes the shares: all of them, or none.
func (c *caller) drop(ctx context.Context, in *DropRequest) (*ShareList, error) {
	if in.Share == nil {
		in.Share = &ShareOptions{}
	}
	wanted, err := c.dropped(ctx, in.Files)
	if err != nil {
		return nil, err
	}
	out := &ShareList{Shares: []Share{}}
	for _, w := range wanted {
		s, err := c.share(in.Share.of(w.path, w.items))
		if err != nil {
			for _, made := range out.Shares {
				err = errors.Join(err, c.api.o.Shares.End(ctx, c.id, made.ID))
			}
			return nil, err
		}
		out.Shares = append(out.Shares, *s)
	}
	return out, nil
}

// heap is one share of what was dropped.
type heap struct {
	path  string
	items []string // of path; nil: path itself
}

// dropped sorts what was dropped: the files of a folder together.
func (c *caller) dropped(ctx context.Context, files []string) (out []heap, err error) {
	at := map[string]int{}
	for i, name := range files {
		p, err := c.api.o.Admin.Placed(ctx, name)
		if err != nil {
			var done *problem.Problem
			if errors.Is(err, fs.ErrNotExist) && !errors.As(err, &done) {
				err = invalid("body.files["+itoa(i)+"]", "is not there")
			}
			return nil, err
		}
		here, err := c.at(p)
		if err != nil {
			return nil, err
		}
		e, err := here.Stat(here.name)
		if err != nil {
			return nil, err
		}
		if folder := path.Dir(p); e.IsFolder() {
			out = append(out, heap{path: p})
		} else if j, known := at[folder]; known {
			out[j].items = append(out[j].items, path.Base(p))
		} else {
			at[folder] = len(out)
			out = append(out, heap{path: folder, items: []string{path.Base(p)}})
		}
	}
	for i, h := range out {
		if len(h.items) == 1 {
			out[i] = heap{path: access.Join(h.path, h.items[0])}
		}
	}
	return out, nil
}
