//go:build linux

package view

import "strings"

// SMB cannot carry some characters in names. They travel as characters of the private use area of
// Unicode, as macOS, Windows and Linux's own client know them ("SFM").
const private = 0xF000

// onWire is a name as SMB carries it.
func onWire(name string) string {
	if !strings.ContainsAny(name, "\"*:<>?\\|") && !strings.HasSuffix(name, ".") && !strings.HasSuffix(name, " ") && !strings.ContainsFunc(name, control) {
		return name
	}
	out := []rune(name)
	for i, r := range out {
		switch at := strings.IndexRune(carried, r); {
		case control(r):
			out[i] = private + r
		case at >= 0 && (r != ' ' && r != '.' || i == len(out)-1):
			out[i] = private + 0x20 + rune(at)
		}
	}
	return string(out)
}

// carried are what 0xF020 and those that follow stand for; space and period at the end only.
const carried = "\"*:<>?\\| ."

// offWire is the name that was meant.
func offWire(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r > private && r < private+0x30 }) {
		return name
	}
	return strings.Map(func(r rune) rune {
		switch at := r - private - 0x20; {
		case at >= 0 && int(at) < len(carried):
			return rune(carried[at])
		case r > private && control(r-private):
			return r - private
		}
		return r
	}, name)
}

func control(r rune) bool { return r < ' ' }
