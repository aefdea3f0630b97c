package wire

import "strings"

// Tag makes a strong entity tag of an opaque version; "" stays "" (no tag).
// Characters that may not stand in a tag are left out.
func Tag(version string) string {
	if version == "" {
		return ""
	}
	clean := strings.Map(func(r rune) rune {
		if r <= ' ' || r == '"' || r >= 0x7f {
			return -1
		}
		return r
	}, version)
	return `"` + clean + `"`
}

// Tags is the value of If-Match or If-None-Match.
type Tags struct {
	Any  bool     // "*"
	List []string // as sent: with quotes, and with W/ where weak
}

// ParseTags reads a list of entity tags (RFC 9110, 8.8.3). ok is false when it is none.
func ParseTags(value string) (t Tags, ok bool) {
	value = trim(value)
	if value == "*" {
		return Tags{Any: true}, true
	}
	for {
		value = strings.TrimLeft(value, " \t,")
		if value == "" {
			return t, len(t.List) > 0
		}
		tag, rest, ok := cutTag(value)
		if !ok {
			return Tags{}, false
		}
		t.List = append(t.List, tag)
		value = trim(rest)
		if value != "" && value[0] != ',' {
			return Tags{}, false
		}
	}
}

// cutTag takes one entity tag from the front.
func cutTag(s string) (tag, rest string, ok bool) {
	start := 0
	if strings.HasPrefix(s, "W/") {
		start = 2
	}
	if len(s) <= start || s[start] != '"' {
		return "", "", false
	}
	for i := start + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return s[:i+1], s[i+1:], true
		case c < 0x21 || c == 0x7f:
			return "", "", false
		}
	}
	return "", "", false
}

// Strong reports whether tag is in the list by strong comparison.
func (t Tags) Strong(tag string) bool {
	return t.has(tag, func(a, b string) bool { return a == b && !strings.HasPrefix(a, "W/") })
}

// Weak reports whether tag is in the list by weak comparison.
func (t Tags) Weak(tag string) bool {
	return t.has(tag, func(a, b string) bool { return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/") })
}

// has asks for "*" too, which anything that exists matches; what does not exist has the tag "".
func (t Tags) has(tag string, same func(a, b string) bool) bool {
	if tag == "" {
		return false
	}
	if t.Any {
		return true
	}
	for _, a := range t.List {
		if same(a, tag) {
			return true
		}
	}
	return false
}

// Version is the version inside a strong tag; ok is false for a weak one.
func Version(tag string) (version string, ok bool) {
	if len(tag) < 2 || tag[0] != '"' {
		return "", false
	}
	return tag[1 : len(tag)-1], true
}

func trim(s string) string { return strings.Trim(s, " \t") }
