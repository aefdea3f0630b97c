// Package device names a visitor's device from what its client says of itself: "iPhone · Safari",
// "Samsung SM-S918B · Chrome", "curl". The names are for people who look who came; nothing may be
// decided by them, for a client can say what it likes.
//
// It is pure text: no input, no output, no state.
package device

import (
	"strings"
	"unicode"
)

// Unknown is the name of a client that says nothing of itself.
const Unknown = "Unknown device"

// most is how many characters a name has at most.
const most = 60

// Name says in a few words what a User-Agent stands for. One that was cut short gives as much as is
// left of it. The name is plain text of at most 60 characters and never empty.
func Name(userAgent string) string {
	ua := strings.TrimSpace(clean(userAgent))
	if ua == "" {
		return Unknown
	}
	if name := robot(ua); name != "" {
		return short(name)
	}
	if name := program(ua); name != "" {
		return short(name)
	}
	thing := hardware(ua)
	with := browser(ua, thing)
	switch {
	case thing == "" && with == "":
		return short(firstWord(ua))
	case thing == "":
		return short(with)
	case with == "":
		return short(thing)
	}
	return short(thing + " · " + with)
}

// firstWord is what a program calls itself that no table knows: "MyTool/1.2 (…)" is "MyTool".
func firstWord(ua string) string {
	word, _, _ := strings.Cut(ua, " ")
	word, _, _ = strings.Cut(word, "/")
	if word = strings.Trim(word, "()[]<>\"';:,."); word == "" || strings.EqualFold(word, "Mozilla") {
		return Unknown
	}
	return word
}

// clean keeps what prints; a name is shown to people and must read in one direction.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s[:min(len(s), 1024)])
}

func short(s string) string {
	n := 0
	for i := range s {
		if n == most-1 && len(s) > i+1 {
			return strings.TrimSpace(s[:i]) + "…"
		}
		n++
	}
	return s
}
