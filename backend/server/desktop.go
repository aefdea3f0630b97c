package server

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	"portico/backend/access"
	"portico/backend/api"
	"portico/backend/event"
)

// What the window and the tray give to the house, by the names that the program knows them.
type (
	Desktop            = api.Desktop
	DesktopClipboard   = api.DesktopClipboard
	DesktopPreferences = api.DesktopPreferences
	DesktopChange      = api.DesktopChange
	DesktopEvent       = api.DesktopEvent
)

// ErrEnding is what a program that is started again is told while the running one ends.
var ErrEnding = errors.New("the running Portico is ending")

// Handed is what a program that was started again leaves to the one that runs: folders and files to
// share, whole names, and whether the window is to be shown.
type Handed struct {
	Paths []string `json:"paths"`
	Show  bool     `json:"show"`
}

// Taken is what became of it. The links are those of all paths that were not refused, in their order.
type Taken struct {
	Links   []SharedLink `json:"links"`
	Refused []Untaken    `json:"refused"`
	Window  bool         `json:"window"` // there is one
}

// Untaken is a path that is not shared, and why.
type Untaken struct {
	Path    string `json:"path"`
	Problem string `json:"problem"`
}

// taker is a Desktop that is told what was handed over.
type taker interface {
	Taken(show bool, links []SharedLink)
}

// desktopOpen takes over what another start of the program was asked for.
func desktopOpen(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r Handed
	if err := in(&r); err != nil {
		return nil, err
	}
	if s.life.Err() != nil {
		return nil, ErrEnding
	}
	out := Taken{Links: []SharedLink{}, Refused: []Untaken{}, Window: s.o.Desktop != nil}
	for _, name := range r.Paths {
		link, err := s.Hand(ctx, name)
		if err != nil {
			out.Refused = append(out.Refused, Untaken{name, err.Error()})
			continue
		}
		out.Links = append(out.Links, link)
	}
	if t, ok := s.o.Desktop.(taker); ok {
		t.Taken(r.Show, out.Links)
	}
	return out, nil
}

// Hand shares a folder or file of this computer as dropping it would: folders until they are stopped,
// a single file until tonight.
func (s *Server) Hand(ctx context.Context, name string) (SharedLink, error) {
	r := ShareRequest{Folder: name, Preset: "view"}
	if about, err := os.Stat(name); err == nil && !about.IsDir() {
		r.Until = "tonight"
	}
	made, err := shareFolder(s, ctx, func(into any) error { *into.(*ShareRequest) = r; return nil })
	link, _ := made.(SharedLink)
	return link, err
}

// FileAt is the folder or file of this computer that is at a path of the tree.
func (s *Server) FileAt(at string) (name string, ok bool) {
	at = path.Clean("/" + at)
	s.volumes.mu.Lock()
	defer s.volumes.mu.Unlock()
	best := ""
	for mount, m := range s.volumes.by {
		if access.Within(mount, at) && len(mount) >= len(best) {
			best, name, ok = mount, filepath.Join(m.Folder, filepath.FromSlash(strings.TrimPrefix(at, mount))), true
		}
	}
	return name, ok
}

// Say puts a sentence into Activity.
func (s *Server) Say(code, text string) {
	s.tell(event.Event{Kind: event.Notice, Code: code, Text: text})
}
