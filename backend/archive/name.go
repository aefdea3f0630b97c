package archive

import (
	"strings"
	"unicode"
)

// safeNames makes a path that means the same to every program that unpacks: no segment can leave
// the folder, hide in a device name or end a line. A tar keeps what only Windows cannot store.
func safeNames(name string, f Format) string {
	if plainName(name) {
		return name
	}
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = safeName(part, f == Zip)
	}
	return strings.Join(parts, "/")
}

// plainName is the quick way for nearly all names.
func plainName(name string) bool {
	if name == "" {
		return true
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '/':
		case c == '.' || c == ' ':
			// ends of segments are looked at closely
			if i+1 == len(name) || name[i+1] == '/' {
				return false
			}
		default:
			// also capitals: CON, LPT1
			return false
		}
	}
	return !strings.Contains(name, "..") && !strings.Contains(name, "//") && name[0] != '/' && name[len(name)-1] != '/' && !deviceInside(name)
}

// deviceInside is a quick and generous test for safeName.
func deviceInside(name string) bool {
	for _, d := range []string{"con", "prn", "aux", "nul", "com", "lpt"} {
		if strings.Contains(name, d) {
			return true
		}
	}
	return false
}

func safeName(part string, windows bool) string {
	part = strings.ToValidUTF8(part, "_")
	part = strings.Map(func(r rune) rune {
		if r == '\\' || unicode.IsControl(r) || windows && strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, part)
	if part == "" || part == "." || part == ".." {
		return "_"
	}
	if !windows {
		return part
	}
	if end := strings.TrimRight(part, ". "); end != part {
		part = end + strings.Repeat("_", len(part)-len(end))
	}
	if device(part) {
		part = "_" + part
	}
	return part
}

// device reports whether Windows would take the name for a device.
func device(part string) bool {
	stem, _, _ := strings.Cut(part, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) && stem[3] >= '1' && stem[3] <= '9'
}

// printable keeps names in the report on one line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(s, "_"))
}
