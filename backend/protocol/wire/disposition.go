package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Disposition is a Content-Disposition field for a file of that name (RFC 6266, 8187): kind is
// "inline" or "attachment". Names are data from strangers: nothing in them can end the field, name
// a folder or hide the end of the name.
func Disposition(kind, name string) string {
	name = SafeName(name)
	plain := asciiName(name)
	out := kind + `; filename="` + plain + `"`
	if plain != name {
		out += "; filename*=UTF-8''" + percent(name, attrChar)
	}
	return out
}

// SafeName makes one harmless file name of any text: no separators, no control or invisible
// formatting characters (which can turn the order of reading), valid UTF-8, never empty or dots only.
func SafeName(name string) string {
	name = strings.ToValidUTF8(name, "_")
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '/' || r == '\\' || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029':
			return '_'
		case r == utf8.RuneError:
			return '_'
		}
		return r
	}, name)
	if strings.Trim(name, ". ") == "" {
		return "file"
	}
	return name
}

// asciiName is for clients that do not read filename*. A percent sign would be decoded by some.
func asciiName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '%' {
			return '_'
		}
		return r
	}, name)
}

// percent encodes every byte that keep does not let through.
func percent(s string, keep func(byte) bool) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := range len(s) {
		if c := s[i]; keep(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func attrChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0
}

// Href percent-encodes an absolute path of the tree for Location fields and links: one encoding,
// so that what is decoded once is the same path again.
func Href(path string) string { return percent(path, hrefChar) }

// hrefChar: unreserved, "/" and the sub-delims that no client stumbles over. Not ":", which would
// make a scheme of the first segment of a relative link.
func hrefChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("/-._~!$*,@", c) >= 0
}
