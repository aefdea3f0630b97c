package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestHelpNamesEverything: the line of each command names what is below it, and help names each topic
// wherever it names any.
func TestHelpNamesEverything(t *testing.T) {
	var words commandLine
	parser, err := kong.New(&words)
	if err != nil {
		t.Fatal(err)
	}
	named := func(where, text string, names []string) {
		t.Helper()
		listed := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,.:|[]\n", r) })
		for _, name := range names {
			if !slices.Contains(listed, name) {
				t.Errorf("%s does not name %s: %q", where, name, text)
			}
		}
	}
	subjects := []string{"urls"}
	files, err := topics.ReadDir("help")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(file.Name(), ".txt"); name != "start" && name != "end" {
			subjects = append(subjects, name)
		}
	}
	end, err := topics.ReadFile("help/end.txt")
	if err != nil {
		t.Fatal(err)
	}
	named("the end of help", string(end), subjects)
	for _, command := range parser.Model.Children {
		var below []string
		for _, one := range command.Children {
			if !one.Hidden {
				below = append(below, one.Name)
			}
		}
		if command.Name == "help" {
			below = subjects
		}
		named(command.Name, command.Help, below)
	}
}
