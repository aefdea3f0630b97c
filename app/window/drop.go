package window

import (
	"os"
	"strings"
)

// Mend puts right what a drop says. The names come separated by line breaks, so a name that holds one
// comes in pieces; and whatever is no file of this computer comes as an empty name. What is not there
// stays in the list under the name that was dropped: whoever shares it says so.
func Mend(names []string) []string {
	return mend(names, func(name string) bool {
		_, err := os.Lstat(name)
		return err == nil
	})
}

func mend(names []string, there func(string) bool) []string {
	const pieces = 8 // of one name at most: with a hostile list the search stays short
	var out []string
	for i := 0; i < len(names); i++ {
		name := names[i]
		if name == "" {
			continue
		}
		for n := 2; !there(name) && n <= pieces && i+n <= len(names); n++ {
			if whole := strings.Join(names[i:i+n], "\n"); there(whole) {
				name, i = whole, i+n-1
				break
			}
		}
		out = append(out, name)
	}
	return out
}
