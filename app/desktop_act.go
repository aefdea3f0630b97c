//go:build desktop

package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"portico/app/native"
	"portico/app/tray"
	"portico/app/window"
	"portico/backend/server"
)

// act does what a click in the tray asks for.
func (s *shell) act(a tray.Action) {
	if s.life.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(s.life, 30*time.Second)
	defer cancel()
	var err error
	switch a.Verb {
	case tray.Open:
		err = s.Window(ctx, "show")
	case tray.ShareFolder:
		err = s.shareFolder()
	case tray.CopyLink:
		err = s.SetClipboard(ctx, a.Text)
	case tray.ShowQR:
		err = s.goTo(ctx, "share", a.ID)
	case tray.SendText:
		err = s.goTo(ctx, "text", "")
	case tray.Receive:
		err = s.goTo(ctx, "receive", "")
	case tray.Transfers, tray.Settings, tray.Help:
		err = s.goTo(ctx, string(a.Verb), "")
	case tray.AskOn:
		err = s.goTo(ctx, "services", a.ID)
	case tray.Quit:
		s.Quit(false)
	default:
		s.see.Lock()
		now := s.state
		s.see.Unlock()
		_, err = s.client.Do(ctx, now, a)
	}
	if err != nil {
		s.complain("That could not be done", err)
	}
}

// goTo shows a page in the window.
func (s *shell) goTo(ctx context.Context, page, id string) error {
	if err := s.Window(ctx, "show"); err != nil {
		return err
	}
	s.happened.tell(server.DesktopEvent{What: "go", Page: page, ID: id}, true)
	return nil
}

// shareFolder asks for a folder and shares it.
func (s *shell) shareFolder() error {
	if err := s.Window(s.life, "show"); err != nil {
		return err
	}
	picked, err := s.window.Folder(s.life, "Share a folder")
	if err != nil || len(picked) == 0 {
		return err
	}
	s.dropped(picked)
	return nil
}

// dropped shares what was dropped on the window: the page does, where one listens.
func (s *shell) dropped(names []string) {
	there := names[:0:0]
	for _, name := range names {
		if _, err := os.Lstat(name); err != nil {
			s.complain("“"+filepath.Base(name)+"” is not shared", err)
			continue
		}
		there = append(there, name)
	}
	if names = there; len(names) == 0 {
		return
	}
	if s.happened.tell(server.DesktopEvent{What: "dropped", Paths: names}, false) {
		return
	}
	const most = 50 // one by one; more than a person would do without a page
	for _, name := range names[:min(len(names), most)] {
		link, err := s.server.Hand(s.life, name)
		if err != nil {
			s.complain("It is not shared", err)
			continue
		}
		s.happened.tell(server.DesktopEvent{What: "go", Page: "share", ID: link.ID}, true)
	}
}

// Taken is told what another start of the program handed over.
func (s *shell) Taken(show bool, links []server.SharedLink) {
	if len(links) > 0 {
		s.happened.tell(server.DesktopEvent{What: "go", Page: "share", ID: links[len(links)-1].ID}, true)
	}
	if show {
		if err := s.Window(s.life, "show"); err != nil {
			s.log.Info("the window was asked for", "error", err)
		}
	}
}

// closing is asked what the close button means: nothing, until somebody has said so.
func (s *shell) closing() {
	if s.ending.Load() {
		s.tuck() // to close it is not to cut what moves
		return
	}
	switch s.habits.get().OnClose {
	case "quit":
		s.Quit(false)
	case "ask":
		if s.happened.tell(server.DesktopEvent{What: "closing"}, false) {
			return
		}
		s.tuck()
	default:
		s.tuck()
	}
}

// tuck takes the window away, but never out of reach.
func (s *shell) tuck() {
	s.shown.Store(false)
	if s.tray.Hosted(s.life) {
		s.window.Hide()
	} else {
		s.window.Minimise()
	}
}

// watchHost brings the window back into reach when whoever showed the icon that it hid behind is gone.
func (s *shell) watchHost() {
	was := false
	for host := range native.WatchHost(s.life, s.session) {
		if was && !host.Tray && s.begun.Load() && !s.shown.Load() && !s.dark.Load() {
			s.window.Show() // what is not shown cannot be small
			s.window.Minimise()
		}
		was = host.Tray
	}
}

// complain tells of something that failed: by a notice, for whoever clicked looks elsewhere.
func (s *shell) complain(what string, err error) {
	text := inWords(err, s.place).Error()
	s.log.Warn(what, "error", text)
	if errors.Is(err, window.ErrNoDisplay) || s.habits.get().Notify == "none" {
		return
	}
	if _, err := s.notifier.Show(s.life, native.Notice{Title: what, Body: text, Urgent: true}); err != nil {
		s.log.Debug("no notice is shown", "error", err)
	}
}

// tellFall says what goes on after a run that did not end in order.
func (s *shell) tellFall() {
	var now struct{ Shares int }
	if err := s.client.Ask(s.life, "GET", "/-/api/status", nil, &now); err != nil {
		return
	}
	var moving struct{ Transfers []tray.Transfer }
	if err := s.client.Ask(s.life, "GET", "/-/api/transfers", nil, &moving); err != nil {
		return
	}
	waiting := 0
	for _, t := range moving.Transfers {
		if t.Waiting {
			waiting++
		}
	}
	text := fmt.Sprintf("Portico had ended unexpectedly. %s open again, %s can go on, and nothing that had arrived is lost.",
		are(now.Shares, "share"), count(waiting, "transfer"))
	s.server.Say("APP-FELL-01", text)
	if s.habits.get().Notify == "none" {
		return
	}
	if _, err := s.notifier.Show(s.life, native.Notice{Title: "Portico is back", Body: text}); err != nil {
		s.log.Info(text)
	}
}

func are(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return count(n, what) + " are"
}
