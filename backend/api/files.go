package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/problem"
	"portico/backend/vfs"
)

// MkdirRequest asks for a new folder.
type MkdirRequest struct {
	Path    string `json:"path" minLength:"1" maxLength:"4096" example:"/photos/2026" doc:"URL path of the new folder"`
	Parents bool   `json:"parents,omitempty" doc:"Make missing folders on the way, and be content if it exists"`
}

// MoveRequest asks to rename, move or copy one entry.
type MoveRequest struct {
	From    string `json:"from" minLength:"1" maxLength:"4096" example:"/photos/a.jpg"`
	To      string `json:"to" minLength:"1" maxLength:"4096" example:"/photos/b.jpg" doc:"URL path that it shall have, name included"`
	OnExist string `json:"onExist,omitempty" enum:"refuse,replace,keep" default:"refuse" doc:"When the name is taken: refuse, replace what is there, or keep both"`
}

// RemoveRequest names what shall go.
type RemoveRequest struct {
	Paths []string `json:"paths" nullable:"false" minItems:"1" maxItems:"10000" doc:"URL paths; folders go with all they hold"`
}

// RemoveAnswer tells what went and what did not.
type RemoveAnswer struct {
	Removed []Removed `json:"removed" nullable:"false"`
	Failed  []Failure `json:"failed" nullable:"false"`
}

// Removed is one thing that went.
type Removed struct {
	Path    string `json:"path"`
	Files   int64  `json:"files" doc:"Files in it"`
	Folders int64  `json:"folders" doc:"Folders in it, itself included"`
	Bytes   int64  `json:"bytes"`
	Trash   string `json:"trash,omitempty" doc:"Id for restore; missing where nothing is kept"`
}

// Failure is one thing that could not be done.
type Failure struct {
	Path    string          `json:"path"`
	Problem problem.Problem `json:"problem"`
}

// RestoreRequest asks for something removed to come back.
type RestoreRequest struct {
	Path    string `json:"path" minLength:"1" maxLength:"4096" doc:"URL path that it had when it was removed"`
	Trash   string `json:"trash" minLength:"1" maxLength:"128" doc:"Id from the answer to remove"`
	OnExist string `json:"onExist,omitempty" enum:"refuse,keep" default:"keep"`
}

func (a *API) filesOperations(h huma.API) {
	add(h, operation(http.MethodPost, "/-/api/files/mkdir", "mkdir", "Make a folder", ""),
		func(c *caller, in *MkdirRequest) (*Placed, error) {
			p, err := c.at(in.Path)
			if err != nil {
				return nil, err
			}
			return p.placed(p.Mkdir(p.name, in.Parents))
		})
	add(h, operation(http.MethodPost, "/-/api/files/rename", "rename", "Rename or move a file or folder", ""),
		func(c *caller, in *MoveRequest) (*Placed, error) { return c.move(in, (*vfs.Session).Rename) })
	add(h, operation(http.MethodPost, "/-/api/files/copy", "copy", "Copy a file or folder", ""),
		func(c *caller, in *MoveRequest) (*Placed, error) { return c.move(in, (*vfs.Session).Copy) })
	add(h, operation(http.MethodPost, "/-/api/files/remove", "remove", "Remove files and folders", "What can go goes; the rest is told of.", wide),
		func(c *caller, in *RemoveRequest) (*RemoveAnswer, error) { return c.remove(in.Paths), nil })
	add(h, operation(http.MethodPost, "/-/api/files/restore", "restore", "Bring back what was removed", ""),
		func(c *caller, in *RestoreRequest) (*Placed, error) {
			p, err := c.at(in.Path)
			if err != nil {
				return nil, err
			}
			return p.placed(p.Restore(in.Trash, onExist(in.OnExist, vfs.KeepBoth)))
		})
}

// move does Rename or Copy, which work inside one tree only: a path of another share is another tree.
func (c *caller) move(in *MoveRequest, do func(*vfs.Session, string, string, vfs.OnExist) (vfs.Entry, error)) (*Placed, error) {
	from, err := c.at(in.From)
	if err != nil {
		return nil, err
	}
	to, err := c.at(in.To)
	if err != nil {
		return nil, err
	}
	if a, b := from.Identity(), to.Identity(); !a.Is(b) || a.Root != b.Root {
		return nil, elsewhere()
	}
	return to.placed(do(from.Session, from.name, to.name, onExist(in.OnExist, vfs.Refuse)))
}

// remove goes on after a failure: what can go goes, the rest is told of.
func (c *caller) remove(paths []string) *RemoveAnswer {
	out := &RemoveAnswer{Removed: []Removed{}, Failed: []Failure{}}
	for _, p := range paths {
		done, err := c.removeOne(p)
		if err != nil {
			out.Failed = append(out.Failed, Failure{Path: p, Problem: *c.problem(err)})
			continue
		}
		out.Removed = append(out.Removed, done)
	}
	return out
}

func (c *caller) removeOne(urlPath string) (Removed, error) {
	if err := c.r.Context().Err(); err != nil {
		return Removed{}, err
	}
	p, err := c.at(urlPath)
	if err != nil {
		return Removed{}, err
	}
	gone, err := p.Remove(p.name)
	if err != nil {
		return Removed{}, err
	}
	return Removed{Path: urlPath, Files: gone.Files, Folders: gone.Folders, Bytes: gone.Bytes, Trash: gone.Trash}, nil
}

// elsewhere is the answer when two paths lie in two trees.
func elsewhere() error {
	return &problem.Problem{Status: http.StatusConflict, Code: "FS-EDGE-02", Title: "Two different shares",
		Detail: "The two paths belong to two different shares.", Did: "Nothing was changed.",
		Next: "Download from one and send to the other."}
}

func onExist(text string, missing vfs.OnExist) vfs.OnExist {
	switch text {
	case "refuse":
		return vfs.Refuse
	case "replace":
		return vfs.Replace
	case "keep":
		return vfs.KeepBoth
	}
	return missing
}
