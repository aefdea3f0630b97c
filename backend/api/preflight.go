package api

import (
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/problem"
	"portico/backend/vfs"
)

// sameWithin is how far two times of the same file may lie apart: FAT keeps two seconds.
const sameWithin = 2 * time.Second

// PreflightRequest lists what somebody is about to send into a folder.
type PreflightRequest struct {
	Folder string          `json:"folder" minLength:"1" maxLength:"4096" example:"/s/k7qf2mzx/" doc:"URL path of the folder"`
	Files  []PreflightFile `json:"files" nullable:"false" minItems:"1" maxItems:"10000"`
}

// PreflightFile is one file that would be sent.
type PreflightFile struct {
	Name     string `json:"name" minLength:"1" maxLength:"4096" example:"2026/IMG_1.jpg" doc:"Path below the folder, slashes between"`
	Size     int64  `json:"size" minimum:"0" example:"4194304" doc:"Bytes"`
	Modified int64  `json:"modified" example:"1700000000000" doc:"Milliseconds since 1970"`
}

// PreflightAnswer says what would happen.
type PreflightAnswer struct {
	Free  int64            `json:"free" doc:"Bytes free there; -1 where that is unknown"`
	Fits  bool             `json:"fits" doc:"Whether all files that are not the same fit"`
	Files []PreflightState `json:"files" nullable:"false" doc:"In the order of the request"`
}

// PreflightState is what is known of one name.
type PreflightState struct {
	Name  string `json:"name"`
	State string `json:"state" enum:"new,same,exists" doc:"new: nothing of that name can be seen; same: same size and time within two seconds; exists: something else has that name"`
}

func (a *API) preflightOperation(h huma.API) {
	add(h, operation(http.MethodPost, "/-/api/files/preflight", "preflight", "Ask before sending: what is there already, and does it fit?", "", wide),
		func(c *caller, in *PreflightRequest) (*PreflightAnswer, error) {
			p, err := c.at(in.Folder)
			if err != nil {
				return nil, err
			}
			return p.preflight(c, in.Files)
		})
}

func (p at) preflight(c *caller, files []PreflightFile) (*PreflightAnswer, error) {
	out := &PreflightAnswer{Files: make([]PreflightState, 0, len(files))}
	var need int64
	for i, f := range files {
		if !fs.ValidPath(f.Name) || f.Name == "." {
			return nil, invalid("body.files["+itoa(i)+"].name", "must be a path below the folder")
		}
		if err := c.r.Context().Err(); err != nil {
			return nil, err
		}
		state, err := p.state(f)
		if err != nil {
			return nil, err
		}
		if state != "same" {
			need += f.Size
		}
		out.Files = append(out.Files, PreflightState{Name: f.Name, State: state})
	}
	free, total, err := p.Usage(p.name)
	if err != nil {
		return nil, err
	}
	out.Free, out.Fits = free, need <= free
	if total == 0 {
		out.Free, out.Fits = -1, true
	}
	return out, nil
}

// state compares a file with what this identity can see under its name. Who may only add is told
// "new" of everything: a drop box does not say what lies in it.
func (p at) state(f PreflightFile) (string, error) {
	e, err := p.Stat(strings.TrimSuffix(p.name, "/") + "/" + f.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, vfs.ErrKind), errors.Is(err, vfs.ErrName):
		return "new", nil
	case err != nil:
		return "", err
	}
	apart := e.ModTime.Sub(time.UnixMilli(f.Modified))
	if e.Kind == vfs.KindFile && e.Size == f.Size && apart.Abs() <= sameWithin {
		return "same", nil
	}
	return "exists", nil
}

// invalid is the answer to a request whose shape is right but one of whose values is not.
func invalid(where, text string) *problem.Problem {
	return &problem.Problem{Status: http.StatusUnprocessableEntity, Code: "WEB-FORM-01", Title: "The request is not right",
		Detail: "One of the values of the request cannot be used.", Did: "Nothing was changed.",
		Next: "Correct it and send it again.", Errors: []problem.Field{{At: where, Text: text}}}
}
