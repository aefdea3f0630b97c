package native

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Places are where macOS looks.
type Places struct{ Home string }

// UserPlaces are those of this person.
func UserPlaces() (Places, error) {
	home, err := os.UserHomeDir()
	return Places{home}, err
}

// Autostart starts the program at login, by a launch agent of this person.
type Autostart struct {
	file    string
	program Program
}

// NewAutostart makes an Autostart for a program, which is started with "--hidden" besides its arguments.
func NewAutostart(places Places, program Program) *Autostart {
	return &Autostart{filepath.Join(places.Home, "Library", "LaunchAgents", "portico.plist"), program.with("--hidden")}
}

// State tells whether the launch agent is there. Whether it was switched off in the system's settings is
// not seen.
func (a *Autostart) State() (AutostartState, error) {
	text, err := os.ReadFile(a.file)
	if errors.Is(err, fs.ErrNotExist) {
		return AutostartState{}, nil
	}
	if err != nil {
		return AutostartState{}, err
	}
	_, err = os.Stat(a.program.Path)
	return AutostartState{On: true, Stale: err != nil || !bytes.Contains(text, escaped(a.program.Path)), Path: a.program.Path}, nil
}

// Set switches it on or off, from the next login on.
func (a *Autostart) Set(on bool) error {
	if !on {
		if err := os.Remove(a.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := a.program.check(); err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>Label</key><string>portico</string>
<key>RunAtLoad</key><true/>
<key>ProgramArguments</key><array>`)
	for _, word := range a.program.words() {
		b.WriteString("<string>")
		b.Write(escaped(word))
		b.WriteString("</string>")
	}
	b.WriteString("</array>\n</dict></plist>\n")
	if err := os.MkdirAll(filepath.Dir(a.file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(a.file, b.Bytes(), 0o644)
}

func escaped(text string) []byte {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(text))
	return b.Bytes()
}
