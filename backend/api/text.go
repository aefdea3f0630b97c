package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
	"portico/backend/vfs"
)

// TextRequest is a text that shall become a file, and a link if that is wished.
type TextRequest struct {
	Folder string        `json:"folder" minLength:"1" maxLength:"4096" example:"/notes" doc:"URL path of the folder that gets the file"`
	Text   string        `json:"text" minLength:"1" maxLength:"500000" example:"Gate code: 4711"`
	Name   string        `json:"name,omitempty" maxLength:"200" example:"Gate code.txt" doc:"Missing: made from the time. One that is taken gets a number"`
	Share  *ShareOptions `json:"share,omitempty" doc:"Make a link to the file; missing: none"`
}

// TextAnswer is what became of a text.
type TextAnswer struct {
	Placed Placed `json:"placed"`
	Share  *Share `json:"share,omitempty"`
}

// ShareOptions are those of a share that do not say what it is of.
type ShareOptions struct {
	Title    string `json:"title,omitempty" maxLength:"120" doc:"Missing: the name of what is shared"`
	Preset   string `json:"preset,omitempty" enum:"view,add,inbox,full" default:"view" doc:"As for shares"`
	For      string `json:"for,omitempty" maxLength:"32" example:"tonight" doc:"How long it stands: tonight, 7d, 1h30m; missing: until it is stopped"`
	MaxUses  int64  `json:"maxUses,omitempty" minimum:"0" doc:"Visitors at most"`
	Password string `json:"password,omitempty" maxLength:"1024"`
	Public   bool   `json:"public,omitempty" doc:"May be reached from outside of local networks; its key is long then"`
	Ask      bool   `json:"ask,omitempty" doc:"A new device waits until it is let in, see asking"`
}

// of is the request for a share of a path.
func (o *ShareOptions) of(path string, items []string) *ShareRequest {
	return &ShareRequest{Path: path, Items: items, Title: o.Title, Preset: o.Preset, For: o.For, MaxUses: o.MaxUses, Password: o.Password, Public: o.Public, Ask: o.Ask}
}

func (a *API) textOperation(h huma.API) {
	add(h, operation(http.MethodPost, "/-/api/files/text", "text", "Make a text a file, and a link if wished", ""),
		func(c *caller, in *TextRequest) (*TextAnswer, error) { return c.text(in, time.Now()) })
}

func (c *caller) text(in *TextRequest, now time.Time) (*TextAnswer, error) {
	if in.Share != nil {
		if err := c.needSomebody(); err != nil {
			return nil, err
		}
	}
	name := in.Name
	if name == "" {
		name = "Text " + now.Format("2006-01-02 15.04") + ".txt"
	}
	if name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return nil, invalid("body.name", "must be a name without slashes")
	}
	p, err := c.at(in.Folder)
	if err != nil {
		return nil, err
	}
	made, err := p.write(access.Join(p.name, name), in.Text)
	if err != nil {
		return nil, err
	}
	placed, err := p.placed(made, nil)
	if err != nil || in.Share == nil {
		return &TextAnswer{Placed: *placed}, err
	}
	s, err := c.share(in.Share.of(placed.Path, nil))
	if err != nil {
		// Whoever gets no link gets no file either: the same text is sent again.
		if _, gone := p.Remove(made.Path); gone != nil {
			c.api.o.Log.Warn("a text that got no link stays", "path", made.Path, "error", gone)
		}
		return nil, err
	}
	return &TextAnswer{Placed: *placed, Share: s}, nil
}

// write makes a file of a text; a name that is taken gets a number.
func (p at) write(name, text string) (vfs.Entry, error) {
	w, err := p.Create(name, vfs.CreateOptions{OnExist: vfs.KeepBoth, Size: int64(len(text))})
	if err != nil {
		return vfs.Entry{}, err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		w.Abort()
		return vfs.Entry{}, err
	}
	made, err := w.Commit()
	return made.Entry, err
}
