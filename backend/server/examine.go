package server

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"portico/backend/config"
	"portico/backend/store"
)

// Patient is an installation to be looked at.
type Patient struct {
	Data      string
	Config    config.Config
	ConfigErr error // why there is no Config
	Repair    bool  // mend what can be mended
}

// Finding is one thing that was looked at.
type Finding struct {
	About string `json:"about"`
	Text  string `json:"text"`
	Bad   bool   `json:"bad,omitempty"`
	Note  bool   `json:"note,omitempty"` // not wrong, but worth knowing when something does not work
	Next  string `json:"next,omitempty"` // what to do about it
}

// Examine looks whether an installation is in order, and this computer with it. It changes nothing
// unless it shall repair, and leaves a running instance alone.
func Examine(ctx context.Context, p Patient) []Finding {
	out := []Finding{p.settings()}
	data, exists := p.data()
	out = append(out, data)
	if exists {
		out = append(out, room("data folder's disk", p.Data, 0)...)
	}
	err := Dial(ctx, p.Data)
	running := err == nil
	switch {
	case running:
		out = append(out, Finding{About: "running", Text: "a Portico runs with this data folder and answers"})
	case exists:
		out = append(out, p.database(ctx))
	}
	if p.ConfigErr == nil {
		for _, v := range p.Config.Volumes {
			out = append(out, folder(v))
			out = append(out, room(v.Path+"'s disk", v.Folder, int64(v.FloorBytes))...)
		}
		out = append(out, p.certificate(time.Now())...)
	}
	addr := p.Config.HTTP.Addr
	switch {
	case running:
		doors, at := p.doors(ctx)
		out, addr = append(append(out, doors...), p.places(ctx)...), at
	case p.ConfigErr == nil:
		out = append(out, p.port(ctx))
	}
	out = append(out, network(addr, p.Config.HTTP.PublicURL)...)
	out = append(out, firewalls(ctx, addr)...)
	return append(out, system()...)
}

func (p Patient) settings() Finding {
	if p.ConfigErr != nil {
		return Finding{About: "settings", Text: p.ConfigErr.Error(), Bad: true, Next: "portico config explain says what may stand there"}
	}
	return Finding{About: "settings", Text: "right"}
}

func (p Patient) data() (f Finding, exists bool) {
	f = Finding{About: "data folder", Text: p.Data}
	about, err := os.Stat(p.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Text += " is not there yet; it is made at the first start"
		return f, false
	case err != nil:
		f.Text, f.Bad, f.Next = err.Error(), true, "another place can be named with --data DIR"
	case !about.IsDir():
		f.Text, f.Bad, f.Next = p.Data+" is a file", true, "name a folder with --data DIR"
	case about.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/':
		f.Text, f.Bad, f.Next = p.Data+" can be read by other users of this computer", true, "chmod 700 "+p.Data
		if p.Repair && os.Chmod(p.Data, 0o700) == nil {
			f.Text, f.Bad, f.Next = p.Data+" could be read by other users; not any more", false, ""
		}
	default:
		test, err := os.CreateTemp(p.Data, ".doctor-")
		if err != nil {
			f.Text, f.Bad, f.Next = "nothing can be written to "+p.Data+": "+err.Error(), true, "let this user write there, or name another folder with --data DIR"
			return f, true
		}
		test.Close()
		os.Remove(test.Name())
	}
	return f, err == nil
}

func (p Patient) database(ctx context.Context) Finding {
	f := Finding{About: "database", Text: "whole"}
	if p.Repair {
		report, err := store.Repair(ctx, p.Data)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			f.Text = "there is none yet"
		case err != nil:
			f.Text, f.Bad = err.Error(), true
		default:
			f.Text = report.String()
		}
		return f
	}
	switch err := store.Examine(ctx, p.Data); {
	case errors.Is(err, fs.ErrNotExist):
		f.Text = "there is none yet"
	case errors.Is(err, store.ErrDamaged):
		f.Text, f.Bad, f.Next = err.Error(), true, "portico doctor --repair"
	case err != nil:
		f.Text, f.Bad = err.Error(), true
	}
	return f
}
