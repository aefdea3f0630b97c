package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/problem"
	"portico/backend/vfs"
)

// BatchRequest is many small operations in order.
type BatchRequest struct {
	Ops      []BatchOp `json:"ops" nullable:"false" minItems:"1" maxItems:"10000"`
	Continue bool      `json:"continue,omitempty" doc:"Go on after an operation that failed; else the rest is left undone"`
}

// BatchOp is one operation of a batch. Which fields it needs depends on op.
type BatchOp struct {
	Op      string `json:"op" enum:"mkdir,rename,copy,remove"`
	Path    string `json:"path,omitempty" maxLength:"4096" doc:"Of mkdir and remove"`
	From    string `json:"from,omitempty" maxLength:"4096" doc:"Of rename and copy"`
	To      string `json:"to,omitempty" maxLength:"4096" doc:"Of rename and copy"`
	Parents bool   `json:"parents,omitempty" doc:"Of mkdir"`
	OnExist string `json:"onExist,omitempty" enum:"refuse,replace,keep" default:"refuse" doc:"Of rename and copy"`
}

// BatchAnswer tells what became of every operation that was tried.
type BatchAnswer struct {
	Done []BatchResult `json:"done" nullable:"false" doc:"In the order of the request; shorter when it stopped early"`
	Left int           `json:"left" doc:"Operations that were not tried"`
}

// BatchResult is what one operation did, or its problem.
type BatchResult struct {
	Placed  *Placed          `json:"placed,omitempty" doc:"Of mkdir, rename and copy"`
	Removed *Removed         `json:"removed,omitempty" doc:"Of remove"`
	Problem *problem.Problem `json:"problem,omitempty" doc:"Why it was not done"`
}

func (a *API) batchOperation(h huma.API) {
	add(h, operation(http.MethodPost, "/-/api/files/batch", "batch", "Do many operations in one request", "", wide),
		func(c *caller, in *BatchRequest) (*BatchAnswer, error) {
			out := &BatchAnswer{Done: make([]BatchResult, 0, len(in.Ops))}
			for _, op := range in.Ops {
				if err := c.r.Context().Err(); err != nil {
					return nil, err
				}
				r := c.one(op)
				out.Done = append(out.Done, r)
				if r.Problem != nil && !in.Continue {
					break
				}
			}
			out.Left = len(in.Ops) - len(out.Done)
			return out, nil
		})
}

func (c *caller) one(op BatchOp) (r BatchResult) {
	var err error
	move := MoveRequest{From: op.From, To: op.To, OnExist: op.OnExist}
	switch op.Op {
	case "mkdir":
		var p at
		if p, err = c.at(op.Path); err == nil {
			r.Placed, err = p.placed(p.Mkdir(p.name, op.Parents))
		}
	case "rename":
		r.Placed, err = c.move(&move, (*vfs.Session).Rename)
	case "copy":
		r.Placed, err = c.move(&move, (*vfs.Session).Copy)
	case "remove":
		var gone Removed
		if gone, err = c.removeOne(op.Path); err == nil {
			r.Removed = &gone
		}
	}
	if err != nil {
		return BatchResult{Problem: c.problem(err)}
	}
	return r
}
