//go:build unix && !darwin

package native

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"syscall"

	"github.com/godbus/dbus/v5"
)

const (
	managerName = "org.freedesktop.FileManager1"
	managerPath = "/org/freedesktop/FileManager1"
)

// Revealer shows folders and files in the file manager and opens addresses in the browser.
type Revealer struct{ bus *Bus }

// NewRevealer makes a Revealer on the session bus, which may be nil: then xdg-open does it all.
func NewRevealer(session *Bus) *Revealer { return &Revealer{session} }

// Folder opens a folder in the file manager.
func (r *Revealer) Folder(ctx context.Context, path string) error {
	if err := folder(path); err != nil {
		return err
	}
	if r.manager(ctx, "ShowFolders", path) == nil {
		return nil
	}
	return open(path)
}

// Select opens the folder of files in the file manager with the files selected, or at least the folder
// of the first. Files themselves are never opened.
func (r *Revealer) Select(ctx context.Context, paths ...string) error {
	dir, err := selection(paths)
	if err != nil {
		return err
	}
	if r.manager(ctx, "ShowItems", paths...) == nil {
		return nil
	}
	if err := folder(dir); err != nil {
		return err
	}
	return open(dir)
}

// URL opens an http, https or mailto address in the program of this person's choice.
func (r *Revealer) URL(_ context.Context, text string) error {
	clean, err := address(text)
	if err != nil {
		return err
	}
	return open(clean)
}

// manager asks the file manager on the bus. One that is slow to start is waited for no longer than for
// an answer, and counts as asked: a second window would come otherwise.
func (r *Revealer) manager(ctx context.Context, verb string, paths ...string) error {
	uris := make([]string, len(paths))
	for i, path := range paths {
		uris[i] = (&url.URL{Scheme: "file", Path: path}).String()
	}
	err := r.bus.call(ctx, managerName, managerPath, managerName+"."+verb, 0, uris, "").Err
	var refused dbus.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &refused) && refused.Name == "org.freedesktop.DBus.Error.NoReply" {
		return nil
	}
	return err
}

// open hands a folder or address to the desktop: a fixed argument, no shell. What it starts lives on by
// itself.
func open(what string) error {
	name, err := exec.LookPath("xdg-open")
	if err != nil {
		return fmt.Errorf("%w: neither a file manager on the bus nor xdg-open is here", ErrAbsent)
	}
	cmd := exec.Command(name, what)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait()
	return nil
}
