//go:build desktop

package app

import (
	"context"
	"errors"

	"portico/app/native"
	"portico/backend/server"
)

// arranged reads back what this person's desktop was told: whether it starts Portico at login, and
// whether its file manager shares. It is the desktop's own word, whoever changed it.
func (s *shell) arranged(to *server.DesktopPreferences) {
	start, entries, err := s.arrangements()
	if err != nil {
		s.log.Debug("the desktop's own files are not read", "error", err)
		return
	}
	state, err := start.State()
	if err != nil {
		s.log.Debug("what happens at login is not known", "error", err)
	}
	to.Autostart, to.FileManager = state.On, entries.Installed()
}

// arrange has the desktop start Portico at login, or not, and its file manager share, or not.
func (s *shell) arrange(ctx context.Context, c server.DesktopChange) error {
	if c.Autostart == nil && c.FileManager == nil {
		return nil
	}
	start, entries, err := s.arrangements()
	if err != nil {
		return err
	}
	var errs []error
	if c.Autostart != nil {
		errs = append(errs, start.Set(*c.Autostart))
	}
	if c.FileManager != nil {
		do := entries.Remove
		if *c.FileManager {
			do = entries.Install
		}
		lines, err := do(ctx)
		for _, line := range lines {
			s.log.Info("the file manager's entries", "what", line)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (s *shell) arrangements() (*native.Autostart, *native.Entries, error) {
	places, err := native.UserPlaces()
	if err != nil {
		return nil, nil, err
	}
	program, err := thisProgram(s.place)
	if err != nil {
		return nil, nil, err
	}
	entries, err := newEntries(s.place)
	return native.NewAutostart(places, program), entries, err
}
