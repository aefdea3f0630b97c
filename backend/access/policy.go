package access

import (
	"slices"
	"strings"
)

// Subject is whom a grant speaks of.
type Subject struct {
	Kind Kind   // Guest means everyone; Account, Device
	ID   string // account id; "" with Kind Account is every signed-in account
	// Group, when set, is every account of that group (Kind is ignored).
	Group string
}

// Grant gives a subject rights at a path and below, until a deeper path has grants of its own.
type Grant struct {
	Path   string // canonical tree path
	Who    Subject
	Rights Right
}

// Policy is an immutable set of grants. A change of grants makes a new Policy; sessions hold the
// number of the one they started with and ask again when it moves (vfs, the grants generation).
type Policy struct {
	at map[string][]Grant
}

// NewPolicy collects grants. Paths must be canonical.
func NewPolicy(grants []Grant) *Policy {
	p := &Policy{at: make(map[string][]Grant)}
	for _, g := range grants {
		p.at[g.Path] = append(p.at[g.Path], g)
	}
	return p
}

// Rights returns what id may do at path. The deepest path on the way down that has any grants
// decides alone (so a volume mounted inside another is not governed by the outer one's grants);
// there, the rights of all subjects that id matches add up. The owner may do everything.
func (p *Policy) Rights(id Identity, path string) Right {
	if id.Behind != nil {
		if !id.sees(path) {
			return 0
		}
		return p.Rights(*id.Behind, path) & id.Mask
	}
	if id.Kind == Owner {
		return Full | Admin | Dots
	}
	for at := path; ; at = Parent(at) {
		if grants, ok := p.at[at]; ok {
			var r Right
			for _, g := range grants {
				if g.Who.covers(id) {
					r |= g.Rights
				}
			}
			return r
		}
		if at == "/" {
			return 0
		}
	}
}

// Below returns the paths strictly below path that have grants of their own, sorted.
// Subtree verbs ask this before they start (core.md, point 3).
func (p *Policy) Below(path string) []string {
	var out []string
	for at := range p.at {
		if at != path && Within(path, at) {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}

func (s Subject) covers(id Identity) bool {
	switch {
	case s.Group != "":
		return slices.Contains(id.Groups, s.Group)
	case s.Kind == Guest:
		return true
	case s.Kind == Account && s.ID == "":
		return id.Kind == Account || id.Kind == Device
	default:
		return s.Kind == id.Kind && s.ID == id.ID
	}
}

// sees reports whether path lies inside what id is rooted at.
func (i Identity) sees(path string) bool {
	root := i.Root
	if root == "" {
		root = "/"
	}
	if !Within(root, path) {
		return false
	}
	if i.Only == "" || path == root {
		return true
	}
	return Within(Join(root, i.Only), path)
}

// Within reports whether path is dir or lies below it. Both are canonical.
func Within(dir, path string) bool {
	return dir == "/" || path == dir || strings.HasPrefix(path, dir) && path[len(dir)] == '/'
}

// Parent returns the folder of a canonical path; "/" is its own parent.
func Parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

// Join appends one clean name to a canonical path.
func Join(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}
