package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"portico/backend/config"
	"portico/backend/discovery"
	"portico/backend/listen"
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
	Next  string `json:"next,omitempty"` // what to do about it
}

// Examine looks whether an installation is in order. It changes nothing unless it shall repair, and
// leaves a running instance alone.
func Examine(ctx context.Context, p Patient) []Finding {
	out := []Finding{p.settings()}
	data, exists := p.data()
	out = append(out, data)
	running := Dial(ctx, p.Data) == nil
	switch {
	case running:
		out = append(out, Finding{About: "running", Text: "a Portico runs with this data folder and answers"})
	case exists:
		out = append(out, p.database(ctx))
	}
	if p.ConfigErr == nil {
		for _, v := range p.Config.Volumes {
			out = append(out, folder(v))
		}
		if !running {
			out = append(out, p.port(ctx))
		}
	}
	return append(out, network())
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
		f.Text, f.Bad = err.Error(), true
	case !about.IsDir():
		f.Text, f.Bad = p.Data+" is a file", true
	case about.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/':
		f.Text, f.Bad, f.Next = p.Data+" can be read by other users of this computer", true, "chmod 700 "+p.Data
		if p.Repair && os.Chmod(p.Data, 0o700) == nil {
			f.Text, f.Bad, f.Next = p.Data+" could be read by other users; not any more", false, ""
		}
	default:
		test, err := os.CreateTemp(p.Data, ".doctor-")
		if err != nil {
			f.Text, f.Bad = "nothing can be written to "+p.Data+": "+err.Error(), true
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

func folder(v config.Volume) Finding {
	f := Finding{About: v.Path, Text: v.Folder}
	dir, err := os.Open(v.Folder)
	if err == nil {
		_, err = dir.ReadDir(1)
		dir.Close()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Text, f.Bad, f.Next = v.Folder+" is not there", true, "connect its drive, or: portico volume remove "+v.Path
	case err != nil && !errors.Is(err, io.EOF):
		f.Text, f.Bad = "cannot be read: "+err.Error(), true
	}
	return f
}

func (p Patient) port(ctx context.Context) Finding {
	f := Finding{About: "web door", Text: p.Config.HTTP.Addr}
	if p.Config.HTTP.Addr == off {
		return f
	}
	opened, err := listen.Open(ctx, listen.Spec{Addrs: []string{p.Config.HTTP.Addr}})
	var refused *listen.RefusedError
	switch {
	case errors.As(err, &refused):
		f.Text = err.Error()
		f.Bad = len(p.Config.HTTP.FallbackPorts) == 0
		if !f.Bad {
			f.Text += "; the next free port will be taken"
		}
	case err != nil:
		f.Text, f.Bad = err.Error(), true
	default:
		for _, l := range opened.Listeners {
			l.Close()
		}
		f.Text += " is free"
	}
	return f
}

func network() Finding {
	table, err := discovery.Read()
	if err != nil {
		return Finding{About: "network", Text: err.Error(), Bad: true}
	}
	best, ok := discovery.Best(table)
	if !ok {
		return Finding{About: "network", Text: "this computer is on no network: only itself can open what it serves"}
	}
	return Finding{About: "network", Text: fmt.Sprintf("others reach this computer at %s (%s)", best.Host(), best.Interface)}
}
