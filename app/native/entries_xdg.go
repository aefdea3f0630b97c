//go:build unix && !darwin

package native

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Entries are how a person finds the program: an icon and an entry in the desktop's menu, and "Share
// with Portico" in the file managers. They are this person's own files, below Places.Data and
// Places.Config; nothing is written unless Install is called.
type Entries struct {
	places   Places
	program  Program
	pictures []Picture
}

// NewEntries makes Entries for a program.
func NewEntries(places Places, program Program, pictures []Picture) *Entries {
	return &Entries{places, program, pictures}
}

// mark stands in every file that is text, so that no other one is ever overwritten or removed.
const mark = "Made by `portico desktop install`; `portico desktop remove` takes it away."

// item is one file that an entry consists of.
type item struct {
	about string // what a person calls it
	path  string
	mode  fs.FileMode
	text  []byte
	plain bool // not text: it has no mark
}

// Installed reports whether the menu has our entry.
func (e *Entries) Installed() bool {
	text, err := read(e.menu())
	return err == nil && strings.Contains(text, mark)
}

func (e *Entries) menu() string { return e.data("applications", desktopID+".desktop") }

func (e *Entries) data(names ...string) string {
	return filepath.Join(append([]string{e.places.Data}, names...)...)
}

// Install writes the entries and answers a line for each. What is there as it should be is left alone;
// what fails does not keep the rest from being done.
func (e *Entries) Install(ctx context.Context) (lines []string, err error) {
	if err := e.program.check(); err != nil {
		return nil, err
	}
	offer := e.offer()
	var errs []error
	for _, i := range e.items(offer) {
		line, err := i.install()
		lines, errs = append(lines, line), append(errs, err)
	}
	line, err := e.installThunar()
	lines, errs = append(lines, line), append(errs, err)
	errs = append(errs, e.pin(offer.kept))
	e.refresh(ctx)
	return filled(lines), errors.Join(errs...)
}

// Remove takes the entries away and answers a line for each. Folders that became empty go as well.
func (e *Entries) Remove(ctx context.Context) (lines []string, err error) {
	var errs []error
	errs = append(errs, e.unpin())
	for _, i := range e.items(folderOffer{}) {
		line, err := i.remove(e.places.Home)
		lines, errs = append(lines, line), append(errs, err)
	}
	line, err := e.removeThunar()
	lines, errs = append(lines, line), append(errs, err)
	e.refresh(ctx)
	if lines = filled(lines); len(lines) == 0 {
		lines = []string{"There was nothing to remove."}
	}
	return lines, errors.Join(errs...)
}

func filled(lines []string) (out []string) {
	for _, line := range lines {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

// items are the files.
func (e *Entries) items(offer folderOffer) []item {
	var out []item
	for _, p := range e.pictures {
		size, ext := "scalable", ".svg"
		if p.Size > 0 {
			size, ext = strconv.Itoa(p.Size)+"x"+strconv.Itoa(p.Size), ".png"
		}
		out = append(out, item{"Icon", e.data("icons", "hicolor", size, "apps", desktopID+ext), 0o644, p.Data, true})
	}
	command := e.program.words()
	return append(out,
		item{"Menu", e.menu(), 0o644, menuEntry(command, offer), false},
		item{"Files (Nautilus), Scripts", e.data("nautilus", "scripts", label), 0o755, nautilusScript(command), false},
		item{"Dolphin", e.data("kio", "servicemenus", desktopID+".desktop"), 0o755, dolphinMenu(command), false},
		item{"Nemo", e.data("nemo", "actions", desktopID+".nemo_action"), 0o644, nemoAction(command), false},
	)
}

func (i item) install() (string, error) {
	old, err := read(i.path)
	info, statErr := os.Stat(i.path)
	switch {
	case err != nil:
		return "", err
	case statErr == nil && old == string(i.text) && info.Mode().Perm() == i.mode:
		return i.about + ": is there already, " + i.path, nil
	case statErr == nil && !i.plain && !strings.Contains(old, mark):
		return "", fmt.Errorf("%s is not from Portico; it stays as it is", i.path)
	}
	if err := replace(i.path, i.text, i.mode); err != nil {
		return "", err
	}
	return i.about + ": written, " + i.path, nil
}

func (i item) remove(home string) (string, error) {
	old, err := os.ReadFile(i.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	case !i.plain && !strings.Contains(string(old), mark):
		return "", fmt.Errorf("%s is not from Portico; it stays as it is", i.path)
	}
	if err := discard(i.path, home); err != nil {
		return "", err
	}
	return i.about + ": removed, " + i.path, nil
}

// refresh has the desktop read its lists again. It is a help, not a need: desktops look by themselves
// sooner or later.
func (e *Entries) refresh(ctx context.Context) {
	now := time.Now()
	_ = os.Chtimes(e.data("icons", "hicolor"), now, now) // an icon cache older than its folder is not believed
	dir := e.data("applications")
	if left, err := filepath.Glob(filepath.Join(dir, "*.desktop")); err != nil || len(left) == 0 {
		_ = discard(filepath.Join(dir, "mimeinfo.cache"), e.places.Home) // the list of nothing
		return
	}
	name, err := lookPath("update-desktop-database", e.places.Path)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	_ = exec.CommandContext(ctx, name, "-q", dir).Run()
}
