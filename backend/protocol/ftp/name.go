package ftp

import (
	"path"
	"strings"
	"unicode/utf8"
)

// place is the name that a client means, for the core to clean: below its folder where it does not
// begin with a slash. A name is what it says where there is one like that. Else back-slashes are
// slashes, and blanks at the end are nothing: instruments mean it so.
func (c *client) place(arg string) string {
	name := c.decode(arg)
	literal := c.below(name)
	plain := strings.TrimRight(strings.ReplaceAll(name, `\`, "/"), " ")
	if plain == name || plain == "" {
		return literal
	}
	if _, err := c.session.Stat(literal); err == nil {
		return literal
	}
	return c.below(plain)
}

func (c *client) below(name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return c.cwd + "/" + name
}

// base is the last part of a name, for people.
func base(name string) string { return path.Base(name) }

// decode reads text as the client writes it: Latin-1 where it said so, or where it cannot be UTF-8.
func (c *client) decode(text string) string {
	if !c.latin && utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	for i := range len(text) {
		out.WriteRune(rune(text[i]))
	}
	return out.String()
}

// encode writes text as the client reads it.
func (c *client) encode(text string) []byte {
	if !c.latin {
		return []byte(text)
	}
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return out
}

// quoted is a name as PWD and MKD tell it (RFC 959, appendix II).
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
