//go:build desktop

package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"portico/app/native"
	"portico/app/window"
	"portico/backend/server"
)

var _ server.Desktop = (*shell)(nil)

// Pick shows the system's dialog.
func (s *shell) Pick(ctx context.Context, what, title string) ([]string, error) {
	if err := s.needWindow(); err != nil {
		return nil, err
	}
	if what == "files" {
		return s.window.Files(ctx, title)
	}
	return s.window.Folder(ctx, title)
}

// Reveal shows in the file manager what is at a path of the tree.
func (s *shell) Reveal(ctx context.Context, path string) error {
	file, ok := s.server.FileAt(path)
	if !ok {
		return errors.New("that is in no folder of this computer")
	}
	return s.show(ctx, file)
}

// show shows a folder itself, a file in its folder.
func (s *shell) show(ctx context.Context, file string) error {
	about, err := os.Stat(file)
	if err != nil {
		return err
	}
	if about.IsDir() {
		return s.revealer.Folder(ctx, file)
	}
	return s.revealer.Select(ctx, file)
}

// Clipboard reads what was copied.
func (s *shell) Clipboard(ctx context.Context) (server.DesktopClipboard, error) {
	out := server.DesktopClipboard{Paths: []string{}}
	if err := s.needWindow(); err != nil {
		return out, err
	}
	text, files, err := s.window.Clipboard(ctx)
	if len(files) > 0 {
		return server.DesktopClipboard{Paths: files}, err
	}
	out.Text = text
	return out, err
}

// SetClipboard copies a text.
func (s *shell) SetClipboard(ctx context.Context, text string) error {
	if err := s.needWindow(); err != nil {
		return err
	}
	return s.window.SetClipboard(ctx, text)
}

// Texts is where dropped texts are kept: beside the data folder, of which nothing is ever served.
func (s *shell) Texts(context.Context) (string, error) {
	dir := filepath.Join(s.data+"-texts", "Texts")
	return dir, os.MkdirAll(dir, 0o700)
}

// OpenURL opens an address in the browser.
func (s *shell) OpenURL(ctx context.Context, url string) error { return s.revealer.URL(ctx, url) }

// Window shows or hides the window.
func (s *shell) Window(_ context.Context, do string) error {
	switch {
	case s.life.Err() != nil:
		return server.ErrEnding
	case do == "hide":
		s.tuck()
		return nil
	case s.dark.Load() || window.Lost():
		return window.ErrNoDisplay
	case do != "show" && do != "front":
		return fmt.Errorf("a window does not %q", do)
	}
	s.shown.Store(true)
	s.look()
	s.want(true)
	s.window.Show()
	return nil
}

// needWindow has the system's part of the window there, unseen, for what comes with it.
func (s *shell) needWindow() error {
	if s.dark.Load() || window.Lost() {
		return window.ErrNoDisplay
	}
	s.want(false)
	return nil
}

// Preferences tells how the desktop behaves, and what it can do.
func (s *shell) Preferences(ctx context.Context) server.DesktopPreferences {
	h := s.habits.get()
	host := native.ReadHost(ctx, s.session)
	now := server.DesktopPreferences{
		OnClose: h.OnClose, Notify: h.Notify, Theme: h.Theme,
		Tray: s.tray.Hosted(ctx), Dialogs: !s.dark.Load() && !window.Lost(), Notifications: host.Notifications, System: runtime.GOOS,
	}
	s.arranged(&now)
	return now
}

// ChangePreferences keeps other ones.
func (s *shell) ChangePreferences(ctx context.Context, c server.DesktopChange) (server.DesktopPreferences, error) {
	err := s.habits.change(func(h *habit) {
		for to, value := range map[*string]*string{&h.OnClose: c.OnClose, &h.Notify: c.Notify, &h.Theme: c.Theme} {
			if value != nil {
				*to = *value
			}
		}
	})
	err = errors.Join(err, s.arrange(ctx, c))
	return s.Preferences(ctx), err
}

// Happenings is what happens on the desktop, for the page.
func (s *shell) Happenings(ctx context.Context) <-chan server.DesktopEvent {
	return s.happened.listen(ctx)
}
