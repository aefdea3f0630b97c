//go:build desktop && !linux && !windows

package tray

import (
	"context"
	"log/slog"
)

// Options of a Tray.
type Options struct {
	Icon func(Face) []byte
	Do   func(Action)
	Log  *slog.Logger
}

// Tray is not here: a status item and a window of another library in one program have not been tried
// on this system, and the Dock leads back to the window.
type Tray struct{}

// Start puts no icon anywhere.
func Start(Options) *Tray { return nil }

// Hosted reports that nobody shows the icon.
func (*Tray) Hosted(context.Context) bool { return false }

// Show shows nothing.
func (*Tray) Show(State) {}

// End has nothing to take away.
func (*Tray) End() {}
