package native

import (
	"context"
	"os/exec"
	"path/filepath"
)

// Revealer shows folders and files in the Finder and opens addresses in the browser.
type Revealer struct{}

// NewRevealer makes a Revealer. It needs no bus.
func NewRevealer(*Bus) *Revealer { return &Revealer{} }

// Folder opens a folder in the Finder. One that looks like a program is shown in the folder above it:
// opening it would run it.
func (r *Revealer) Folder(ctx context.Context, path string) error {
	if err := folder(path); err != nil {
		return err
	}
	if filepath.Ext(path) != "" {
		return exec.CommandContext(ctx, "/usr/bin/open", "-R", path).Run()
	}
	return exec.CommandContext(ctx, "/usr/bin/open", path).Run()
}

// Select shows files selected in the Finder.
func (r *Revealer) Select(ctx context.Context, paths ...string) error {
	if _, err := selection(paths); err != nil {
		return err
	}
	return exec.CommandContext(ctx, "/usr/bin/open", append([]string{"-R"}, paths...)...).Run()
}

// URL opens an http, https or mailto address in the program of this person's choice.
func (r *Revealer) URL(ctx context.Context, text string) error {
	clean, err := address(text)
	if err != nil {
		return err
	}
	return exec.CommandContext(ctx, "/usr/bin/open", clean).Run()
}
