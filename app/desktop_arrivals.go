//go:build desktop

package app

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"

	"portico/app/native"
	"portico/app/tray"
	"portico/backend/event"
)

// arrivals tells the person by notices what others sent, together where it belongs together.
type arrivals struct {
	s     *shell
	told  *native.Arrivals
	known map[string]tray.Batch // nil until the first list
}

func newArrivals(s *shell) *arrivals {
	a := &arrivals{s: s}
	a.told = native.NewArrivals(native.ArrivalsOptions{
		Notifier: s.notifier, Front: s.shown.Load, Log: s.log.With("room", "notices"),
		Open: func(folder string) {
			if err := s.show(s.life, folder); err != nil {
				s.complain("The folder cannot be shown", err)
			}
		},
		Undo: s.undo,
	})
	return a
}

// batches is told how batches stand, by one goroutine: all of them, or those that changed. What was there
// at the first look is no news.
func (a *arrivals) batches(list []tray.Batch, all bool) {
	begin := a.known == nil
	if begin && !all {
		return
	}
	before := a.known
	if all {
		a.known = make(map[string]tray.Batch, len(list))
	}
	for _, b := range list {
		old := before[b.ID]
		if b.State != "done" {
			b.Failed = old.Failed // it may yet be tried again
		}
		a.known[b.ID] = b
		if begin || b.Direction != "in" || b.By.Kind == "owner" {
			continue
		}
		if now, ok := a.arrival(old, b); ok {
			a.told.Add(now)
		}
	}
}

// arrival is what changed of a batch, to somebody who waits for files.
func (a *arrivals) arrival(old, b tray.Batch) (out native.Arrival, ok bool) {
	out.Files, out.Failed = max(0, b.FilesDone-old.FilesDone), max(0, b.Failed-old.Failed)
	out.More, out.Ended, out.Undo = b.State != "done" && b.FilesAll > 0, b.State == "done" && b.FilesAll > 0, b.Undo
	if out.Files == 0 && out.Failed == 0 && !(out.Ended && old.State != "done") {
		return out, false
	}
	out.Batch, out.Name = b.ID, path.Base(b.Latest)
	out.From = cmp.Or(event.Event{Client: b.Client}.Device(), b.By.Name, b.Remote)
	if out.Into = path.Base(b.Path); b.Path == "/" {
		out.Into = ""
	}
	out.Folder, _ = a.s.server.FileAt(b.Path)
	out.Level = map[string]native.Level{"all": native.TellBatches, "errors": native.TellErrors}[a.s.habits.get().Notify]
	out.Level = cmp.Or(out.Level, native.TellNone)
	return out, true
}

// run tells until ctx ends.
func (a *arrivals) run(ctx context.Context) { a.told.Run(ctx) }

// undo takes batches back, and says what became of that.
func (s *shell) undo(batches []string) {
	var removed, restored, stayed int
	why := ""
	for _, id := range batches {
		var out struct {
			Removed, Restored, Stayed int
			Left                      []struct{ Problem struct{ Detail string } }
		}
		if err := s.client.Ask(s.life, http.MethodPost, "/-/api/batches/"+url.PathEscape(id)+"/undo", nil, &out); err != nil {
			s.complain("It could not be taken back", err)
			continue
		}
		removed, restored, stayed = removed+out.Removed, restored+out.Restored, stayed+out.Stayed
		if len(out.Left) > 0 {
			why = out.Left[0].Problem.Detail
		}
	}
	if removed+restored+stayed == 0 {
		return
	}
	n := native.Notice{Title: count(removed+restored, "file") + " taken back", Body: "What was taken back lies in the trash.", Urgent: stayed > 0}
	if stayed > 0 {
		n.Body = strings.TrimSpace(count(stayed, "file") + " stayed: " + why)
	}
	if _, err := s.notifier.Show(s.life, n); err != nil {
		s.log.Info(n.Title, "stayed", stayed)
	}
}
