package native

import (
	"strings"
	"time"
	"unicode"
)

// Notice is one message to the person at this computer. Title and Body are plain text; names that
// came from outside may be in them.
type Notice struct {
	Title, Body string
	Actions     []Action
	Replaces    uint32        // what Show answered for the notice that this one takes the place of; 0: a new one
	Stays       time.Duration // how long it is shown; 0: as the desktop likes
	Urgent      bool

	// Chosen is called when the person takes an action. Closed is called once when the notice is gone,
	// whichever way. Both must be quick; nil is allowed.
	Chosen func(key string)
	Closed func()
}

// Action is something that a notice offers. The key Default is what a click on the notice itself does.
type Action struct{ Key, Label string }

// Default is the key of the action that a click on the notice itself takes.
const Default = "default"

const (
	longestTitle = 120 // runes
	longestBody  = 400
)

// line makes text from outside one line of bounded length, without characters that rule a screen.
func line(text string, longest int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest-1]) + "…"
	}
	return text
}
