package native

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Places are nothing on Windows: everything is at its place in this person's registry.
type Places struct{}

// UserPlaces are those of this person.
func UserPlaces() (Places, error) { return Places{}, nil }

// Autostart starts the program at login, by this person's registry.
type Autostart struct{ program Program }

// NewAutostart makes an Autostart for a program, which is started with "--hidden" besides its arguments.
func NewAutostart(_ Places, program Program) *Autostart { return &Autostart{program.with("--hidden")} }

const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
	runValue    = "Portico"
)

// State is what Windows will do; the task manager's switch counts.
func (a *Autostart) State() (AutostartState, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return AutostartState{}, nil
	}
	if err != nil {
		return AutostartState{}, err
	}
	defer key.Close()
	command, _, err := key.GetStringValue(runValue)
	if errors.Is(err, registry.ErrNotExist) {
		return AutostartState{}, nil
	}
	if err != nil {
		return AutostartState{}, err
	}
	if switchedOff() {
		return AutostartState{}, nil
	}
	words, err := windows.DecomposeCommandLine(command)
	if err != nil || len(words) == 0 {
		return AutostartState{On: true, Stale: true}, nil
	}
	_, err = os.Stat(words[0])
	return AutostartState{On: true, Stale: err != nil, Path: words[0]}, nil
}

// switchedOff reports whether the person switched it off in the task manager: an odd first byte.
func switchedOff() bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer key.Close()
	value, _, err := key.GetBinaryValue(runValue)
	return err == nil && len(value) > 0 && value[0]&1 == 1
}

// Set switches it on or off.
func (a *Autostart) Set(on bool) error {
	if err := a.program.check(); err != nil && on {
		return err
	}
	if approved, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE); err == nil {
		defer approved.Close()
		if err := approved.DeleteValue(runValue); err != nil && !errors.Is(err, registry.ErrNotExist) {
			return err
		}
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	if on {
		return key.SetStringValue(runValue, windows.ComposeCommandLine(a.program.words()))
	}
	if err := key.DeleteValue(runValue); err != nil && !errors.Is(err, registry.ErrNotExist) {
		return err
	}
	return nil
}
