package native

import (
	"context"
	"fmt"
)

// Entries are nothing on macOS: the Finder takes them from an application bundle only.
type Entries struct{}

// NewEntries makes Entries.
func NewEntries(Places, Program, []Picture) *Entries { return &Entries{} }

// Installed is false.
func (*Entries) Installed() bool { return false }

// Install answers ErrAbsent.
func (*Entries) Install(context.Context) ([]string, error) {
	return nil, fmt.Errorf("%w: the Finder takes entries from application bundles only", ErrAbsent)
}

// Remove has nothing to remove.
func (*Entries) Remove(context.Context) ([]string, error) {
	return []string{"There was nothing to remove."}, nil
}
