//go:build desktop

package app

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"portico/app/native"
	"portico/app/tray"
)

// doorbell tells by one notice who waits to be let in, however many wait. It belongs to the goroutine
// that is told how things stand.
type doorbell struct {
	id    uint32 // of the notice that stands; 0: none does
	rings []string
}

// ring makes the notice say who waits now. It does not ring again for who was told of, and not at all
// while somebody looks at the window.
func (s *shell) ring(now []tray.Asking) {
	b := &s.bell
	var waits []string
	for _, one := range now {
		waits = append(waits, one.ID)
	}
	if slices.Equal(waits, b.rings) {
		return
	}
	fresh := slices.ContainsFunc(waits, func(id string) bool { return !slices.Contains(b.rings, id) })
	b.rings = waits
	switch {
	case len(now) == 0 && b.id != 0:
		if err := s.notifier.Withdraw(s.life, b.id); err != nil {
			s.log.Debug("a notice stays", "error", err)
		}
		b.id = 0
	case len(now) > 0 && (fresh && !s.shown.Load() || b.id != 0) && s.habits.get().Notify != "none":
		n := s.bellNotice(now)
		n.Replaces = b.id
		id, err := s.notifier.Show(s.life, n)
		if err != nil {
			s.log.Info("who waits to be let in cannot be shown as a notice", "error", err)
			return
		}
		b.id = id
	}
}

// bellNotice asks about one device; of several it tells, and the window asks.
func (s *shell) bellNotice(now []tray.Asking) native.Notice {
	n := native.Notice{Title: fmt.Sprintf("%d devices ask to be let in", len(now)), Urgent: true,
		Actions: []native.Action{{Key: native.Default, Label: "Show"}, {Key: "show", Label: "Show"}}}
	if one := now[0]; len(now) == 1 {
		n.Title, n.Body = one.Name+" asks to be let into “"+one.Title+"”", one.From()
		n.Actions = []native.Action{{Key: native.Default, Label: "Show"}, {Key: "allow", Label: "Allow"}, {Key: "no", Label: "No"}}
	}
	n.Chosen = func(key string) { go s.answer(now[0], key) }
	return n
}

// answer does what was clicked in the notice.
func (s *shell) answer(one tray.Asking, key string) {
	var err error
	switch key {
	case "allow", "no":
		err = s.client.Ask(s.life, http.MethodPost, "/-/api/asking/"+url.PathEscape(one.ID), map[string]bool{"allow": key == "allow"}, nil)
	default:
		err = s.Window(s.life, "show")
	}
	if err != nil && s.life.Err() == nil {
		s.complain("That could not be done", err)
	}
}
