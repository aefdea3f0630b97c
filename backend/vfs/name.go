package vfs

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/backend/access"
)

const (
	maxPath    = 4096 // bytes of a whole name
	maxSegment = 255  // bytes of one segment
)

// Clean returns how a name is read: absolute, without "." and "..", which cannot rise above "/". It is for
// doors that have to answer with names (PWD, REALPATH); ErrName where no name can be read so.
func Clean(name string) (string, error) {
	out, err := clean(name)
	if err != nil {
		return "", &Error{Verb: string(VerbStat), Path: name, Err: err}
	}
	return out, nil
}

// clean turns a name as it was asked into its canonical form: absolute, single slashes, no "." or
// "..", no slash at the end. ".." is resolved here, lexically, and cannot rise above "/".
func clean(name string) (string, error) {
	if len(name) > maxPath || strings.IndexByte(name, 0) >= 0 {
		return "", ErrName
	}
	if !isClean(name) {
		name = path.Clean("/" + name)
	}
	for rest := name[1:]; ; {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			if len(rest) > maxSegment {
				return "", ErrName
			}
			return name, nil
		}
		if i > maxSegment {
			return "", ErrName
		}
		rest = rest[i+1:]
	}
}

// isClean reports whether path.Clean would leave name as it is; most names are.
func isClean(name string) bool {
	if name == "/" {
		return true
	}
	if name == "" || name[0] != '/' || name[len(name)-1] == '/' {
		return false
	}
	for i := 0; i < len(name)-1; i++ {
		if name[i] == '/' && (name[i+1] == '/' || name[i+1] == '.') {
			return false // perhaps a name that only begins with a dot: the slow way finds out
		}
	}
	return true
}

// escapes reports whether a name rises above the top on its way to something else. That does not lead
// anywhere (clean), but no program asks for it by accident; ".." at the top itself is what people do.
func escapes(name string) bool {
	if !strings.Contains(name, "..") {
		return false
	}
	depth, above := 0, false
	for segment := range strings.SplitSeq(name[:min(len(name), maxPath)], "/") {
		switch segment {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				depth, above = 0, true
			}
		default:
			if above {
				return true
			}
			depth++
		}
	}
	return false
}

// newName reports whether a segment may be given to something new: text that every client can show
// and no log can be deceived by.
func newName(base string) error {
	if base == "" || !utf8.ValidString(base) {
		return ErrName
	}
	for _, r := range base {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ErrName
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return &Error{Err: ErrName, Text: "It holds an invisible sign that turns the direction of what follows, so that it would read as another name."}
		}
	}
	return nil
}

// split cuts a canonical path into its folder and its last segment; of "/" both are "/" and "".
func split(p string) (dir, base string) {
	return access.Parent(p), p[strings.LastIndexByte(p, '/')+1:]
}

// under returns what remains of path below dir, both canonical, as drivers say it: "." for dir itself.
func under(dir, p string) string {
	switch {
	case p == dir:
		return "."
	case dir == "/":
		return p[1:]
	default:
		return p[len(dir)+1:]
	}
}

// joinRel appends a driver's relative name to a canonical path.
func joinRel(dir, rel string) string {
	if rel == "." || rel == "" {
		return dir
	}
	return access.Join(dir, rel)
}

// splitRel cuts the last segment off a driver's relative name.
func splitRel(rel string) (dir, base string) {
	if i := strings.LastIndexByte(rel, '/'); i >= 0 {
		return rel[:i], rel[i+1:]
	}
	return ".", rel
}

// hasDots reports whether a segment of p below dir begins with a dot.
func hasDots(dir, p string) bool {
	rest := p
	if dir != "/" {
		rest = p[min(len(dir), len(p)):]
	}
	return strings.Contains(rest, "/.")
}

// litter reports whether a name beginning with a dot is one of those that desktops strew beside what
// they write: harmless, and refusing them breaks whole copies.
func litter(base string) bool {
	return strings.HasPrefix(base, "._") || base == ".DS_Store"
}

// fold gives names that some disk may hold to be one name the same key.
func fold(base string) string {
	return strings.ToLower(strings.ToUpper(base))
}

// joinRelative appends a segment to a driver's relative name.
func joinRelative(dir, base string) string {
	if dir == "." {
		return base
	}
	return dir + "/" + base
}

// annexed reports whether a real path lies in the object store of a git-annex repository, which is
// reached only by links.
func annexed(real string) bool { return strings.Contains(real, "/.git/annex/objects/") }
