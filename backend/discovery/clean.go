package discovery

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanName makes a name that somebody else chose fit to be shown: one line of letters and signs that
// turns no writing around, at most 63 bytes, "" when nothing is left.
func CleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.Is(unicode.Cf, r) || !unicode.IsGraphic(r) {
			return -1
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > 63 {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return strings.TrimSpace(s)
}
