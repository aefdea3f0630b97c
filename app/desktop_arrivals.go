//go:build desktop

package app

import (
	"cmp"
	"path"
	"strings"

	"portico/app/native"
	"portico/backend/event"
)

// arrivals tells the person by notices what others sent, together where it belongs together.
func (s *shell) arrivals() {
	newest, err := s.server.Newest(s.life)
	if err != nil {
		return
	}
	told := native.NewArrivals(native.ArrivalsOptions{
		Notifier: s.notifier, Front: s.shown.Load, Log: s.log.With("room", "notices"),
		Open: func(folder string) {
			if err := s.show(s.life, folder); err != nil {
				s.complain("The folder cannot be shown", err)
			}
		},
		Undo: func([]string) {},
	})
	s.work.Go(func() { told.Run(s.life) })
	for e, err := range s.server.Follow(s.life, newest) {
		if err != nil {
			continue // the log says why, and is asked again
		}
		if a, ok := s.arrival(e); ok {
			told.Add(a)
		}
	}
}

// arrival is what a fact means to somebody who waits for files.
func (s *shell) arrival(e event.Event) (a native.Arrival, ok bool) {
	switch {
	case strings.HasPrefix(e.Identity, "owner:"):
		return a, false
	case e.Kind == event.Created || e.Kind == event.Replaced:
		a.Files = 1
	case e.Kind == event.Failed && e.Path != "":
		a.Failed = 1
	default:
		return a, false
	}
	folder := path.Dir(e.Path)
	a.Batch = cmp.Or(e.Batch, e.Identity+" "+e.Remote)
	a.From, a.Into, a.Name = cmp.Or(e.Device(), e.Name, e.Remote), path.Base(folder), path.Base(e.Path)
	if folder == "/" {
		a.Into = ""
	}
	a.Folder, _ = s.server.FileAt(folder)
	a.Level = map[string]native.Level{"all": native.TellBatches, "errors": native.TellErrors}[s.habits.get().Notify]
	a.Level = cmp.Or(a.Level, native.TellNone)
	return a, true
}
