//go:build unix && !darwin

package native

import (
	"cmp"
	"fmt"
	"path/filepath"
)

func (e *Entries) thunarOwn() string { return filepath.Join(e.places.Config, "Thunar", "uca.xml") }

// thunarShipped is the list that Thunar begins with; this person's own list takes its place as a whole.
func (e *Entries) thunarShipped() string {
	for _, dir := range e.places.ConfigDirs {
		if text, err := read(filepath.Join(dir, "Thunar", "uca.xml")); err == nil && text != "" {
			return text
		}
	}
	return ""
}

// installThunar adds our action to Thunar's list. Where Thunar is not, nothing is begun: a list of ours
// alone would hide the actions that Thunar comes with.
func (e *Entries) installThunar() (string, error) {
	own, err := read(e.thunarOwn())
	if err != nil {
		return "", err
	}
	shipped := e.thunarShipped()
	if own == "" && shipped == "" {
		if _, err := lookPath("thunar", e.places.Path); err != nil {
			return "", nil
		}
	}
	text, err := withThunarAction([]byte(cmp.Or(own, shipped, thunarEmpty)), shellWords(e.program.words()))
	if err != nil {
		return "", fmt.Errorf("%s %w; it stays as it is", e.thunarOwn(), err)
	}
	if string(text) == own {
		return "Thunar: is there already, " + e.thunarOwn(), nil
	}
	if err := replace(e.thunarOwn(), text, 0); err != nil {
		return "", err
	}
	return "Thunar: added to " + e.thunarOwn() + " (shown when Thunar is started again)", nil
}

// removeThunar takes our action out of Thunar's list, and the list away if it is as Thunar's own then.
func (e *Entries) removeThunar() (string, error) {
	own, err := read(e.thunarOwn())
	if err != nil || own == "" {
		return "", err
	}
	text, err := withoutThunarAction([]byte(own))
	if err != nil {
		return "", fmt.Errorf("%s %w; it stays as it is", e.thunarOwn(), err)
	}
	rest := string(text)
	switch rest {
	case own:
		return "", nil
	case e.thunarShipped(), thunarEmpty:
		err = discard(e.thunarOwn(), e.places.Home)
	default:
		err = replace(e.thunarOwn(), text, 0)
	}
	if err != nil {
		return "", err
	}
	return "Thunar: taken out of " + e.thunarOwn(), nil
}
