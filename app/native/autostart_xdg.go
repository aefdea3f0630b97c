//go:build unix && !darwin

package native

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Autostart starts the program at login, by a .desktop file (Desktop Application Autostart 0.5).
type Autostart struct {
	places  Places
	program Program
}

// NewAutostart makes an Autostart for a program, which is started with "--hidden" besides its arguments.
func NewAutostart(places Places, program Program) *Autostart {
	return &Autostart{places, program.with("--hidden")}
}

const autostartFile = "autostart/" + desktopID + ".desktop"

func (a *Autostart) own() string { return filepath.Join(a.places.Config, autostartFile) }

// State is what the desktop will do, whoever arranged it: this person's file rules over the computer's.
func (a *Autostart) State() (AutostartState, error) {
	for _, dir := range append([]string{a.places.Config}, a.places.ConfigDirs...) {
		text, err := os.ReadFile(filepath.Join(dir, autostartFile))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return AutostartState{}, err
		}
		return a.judge(string(text)), nil
	}
	return AutostartState{}, nil
}

// judge reads an autostart file as desktops do.
func (a *Autostart) judge(text string) AutostartState {
	keys := readGroup(text, "Desktop Entry")
	words, err := readExec(keys["Exec"])
	off := keys["Hidden"] == "true" || err != nil || len(words) == 0
	for key, value := range keys { // GNOME, MATE and others switch it off by a key of their own
		off = off || strings.HasPrefix(key, "X-") && strings.HasSuffix(key, "-Autostart-enabled") && value == "false"
	}
	if only, ok := keys["OnlyShowIn"]; ok {
		off = off || !a.named(only)
	}
	off = off || a.named(keys["NotShowIn"])
	if off {
		return AutostartState{}
	}
	_, err = lookPath(words[0], a.places.Path)
	return AutostartState{On: true, Stale: err != nil, Path: words[0]}
}

// named reports whether a list of desktops names the present one.
func (a *Autostart) named(list string) bool {
	return slices.ContainsFunc(strings.Split(list, ";"), func(name string) bool {
		return name != "" && slices.Contains(a.places.Desktops, strings.ToLower(name))
	})
}

// Set switches it on or off. Off leaves no file, unless the computer's administrator arranged it for
// everybody: then a file says that this person does not want it.
func (a *Autostart) Set(on bool) error {
	if on {
		if err := a.program.check(); err != nil {
			return err
		}
		return replace(a.own(), a.entry(""), 0o644)
	}
	for _, dir := range a.places.ConfigDirs {
		if _, err := os.Stat(filepath.Join(dir, autostartFile)); err == nil {
			return replace(a.own(), a.entry("Hidden=true\n"), 0o644)
		}
	}
	return discard(a.own(), a.places.Home)
}

func (a *Autostart) entry(more string) []byte {
	return fmt.Appendf(nil, `[Desktop Entry]
Type=Application
Name=Portico
Comment=Share folders with phones, browsers and scripts
Exec=%s
TryExec=%s
Icon=%s
Terminal=false
X-GNOME-Autostart-enabled=true
%s`, quoteExec(a.program.words()...), escapeValue(a.program.Path), desktopID, more)
}

// lookPath finds a program as exec.LookPath does, on a path of its own.
func lookPath(name, path string) (string, error) {
	names := []string{name}
	if !strings.ContainsRune(name, '/') {
		names = nil
		for _, dir := range filepath.SplitList(path) {
			names = append(names, filepath.Join(dir, name))
		}
	}
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s: %w", name, fs.ErrNotExist)
}
