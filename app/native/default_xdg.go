//go:build unix && !darwin

package native

import (
	"path/filepath"
	"strings"
)

// Portico offers to open folders, and must never become what opens them. Where nobody chose a file
// manager, desktops take the first program that offers, and this person's own entries come first: there
// the file manager that was meant until now is written down as the choice (MIME Applications 1.0.1).

// lists are the files in which programs are chosen for types, the most binding first.
func (e *Entries) lists() (out []string) {
	dirs := append([]string{e.places.Config}, e.places.ConfigDirs...)
	for _, data := range append([]string{e.places.Data}, e.places.DataDirs...) {
		dirs = append(dirs, filepath.Join(data, "applications"))
	}
	for _, dir := range dirs {
		for _, desktop := range e.places.Desktops {
			out = append(out, filepath.Join(dir, desktop+"-mimeapps.list"))
		}
		out = append(out, filepath.Join(dir, "mimeapps.list"))
	}
	for _, data := range e.places.DataDirs {
		out = append(out, filepath.Join(data, "applications", "defaults.list"))
	}
	return out
}

// chosen reports whether somebody chose a program for a type that is there.
func (e *Entries) chosen(kind string) bool {
	for _, list := range e.lists() {
		text, _ := read(list)
		for _, name := range strings.Split(readGroup(text, "Default Applications")[kind], ";") {
			if name != "" && e.exists(name) {
				return true
			}
		}
	}
	return false
}

// exists reports whether there is a program of that name.
func (e *Entries) exists(name string) bool {
	for _, data := range append([]string{e.places.Data}, e.places.DataDirs...) {
		if text, err := read(filepath.Join(data, "applications", name)); err == nil && text != "" {
			return true
		}
	}
	return false
}

// defaultFor is the program that desktops take for a type where nobody chose, other than one.
func (e *Entries) defaultFor(kind, other string) string {
	for _, data := range append([]string{e.places.Data}, e.places.DataDirs...) {
		text, _ := read(filepath.Join(data, "applications", "mimeinfo.cache"))
		for _, name := range strings.Split(readGroup(text, "MIME Cache")[kind], ";") {
			if name != "" && name != other && e.exists(name) {
				return name
			}
		}
	}
	return ""
}

// folderOffer is how the menu's entry stands to folders.
type folderOffer struct {
	open bool   // it offers to open them: somebody else does so before it
	kept string // the file manager that is written down as the choice, because of Portico
}

// keptKey is where the menu's entry remembers which choice was written down because of it.
const keptKey = "X-Portico-Kept"

func (e *Entries) offer() folderOffer {
	if e.chosen(folderType) {
		return folderOffer{true, e.kept()}
	}
	text, _ := read(e.choices())
	if readGroup(text, "Default Applications")[folderType] != "" {
		return folderOffer{} // this person chose what is not there any more, and that choice is not ours to mend
	}
	manager := e.defaultFor(folderType, desktopID+".desktop")
	return folderOffer{manager != "", manager}
}

// kept is what our entry remembers.
func (e *Entries) kept() string {
	text, _ := read(e.menu())
	if !strings.Contains(text, mark) {
		return ""
	}
	return readGroup(text, "Desktop Entry")[keptKey]
}

const choiceGroup = "[Default Applications]"

func (e *Entries) choices() string { return filepath.Join(e.places.Config, "mimeapps.list") }

// pin writes the file manager down as the choice, where nobody chose one.
func (e *Entries) pin(manager string) error {
	if manager == "" || e.chosen(folderType) {
		return nil
	}
	text, err := read(e.choices())
	if err != nil {
		return err
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if at := choicesStart(text); at >= 0 {
		text = text[:at] + choice(manager) + text[at:]
	} else {
		text += choiceGroup + "\n" + choice(manager)
	}
	return replace(e.choices(), []byte(text), 0)
}

func choice(manager string) string { return folderType + "=" + manager + "\n" }

// choicesStart is where the lines of the choices begin, or -1.
func choicesStart(text string) int {
	at := 0
	for line := range strings.Lines(text) {
		at += len(line)
		if strings.TrimSpace(line) == choiceGroup {
			return at
		}
	}
	return -1
}

// unpin takes the choice away that pin wrote, unless somebody chose otherwise since.
func (e *Entries) unpin() error {
	manager := e.kept()
	text, err := read(e.choices())
	start := choicesStart(text)
	if err != nil || manager == "" || start < 0 {
		return err
	}
	rest := strings.Replace(text[start:], choice(manager), "", 1)
	if rest == text[start:] {
		return nil
	}
	text = text[:start] + rest
	if strings.TrimSpace(text) == choiceGroup {
		return discard(e.choices(), e.places.Home)
	}
	return replace(e.choices(), []byte(text), 0)
}
