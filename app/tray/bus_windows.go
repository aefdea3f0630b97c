//go:build desktop

package tray

import "context"

// bus is nothing here: Windows always has a tray.
type bus struct{}

func dialBus() (*bus, error) { return &bus{}, nil }

func (*bus) hosted(context.Context) bool { return true }

func (*bus) close() {}
