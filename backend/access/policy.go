package access

import (
	"slices"
	"strings"
)

// Policy is an immutable set of grants. A change of grants makes a new Policy; sessions hold the
// number of the one they started with and ask again when it moves (vfs, the grants generation).
// All methods are safe for concurrent use.
type Policy struct {
	rules   map[string]*rule
	lengths []int    // of the paths in rules, each once, longest first
	paths   []string // the paths in rules, sorted
}

// NewPolicy collects grants. A grant of no rights is a boundary: it gives nothing and keeps off
// whatever is granted above. Every mounted volume needs at least that, or it is governed by the
// grants of the volume around it.
func NewPolicy(grants []Grant) *Policy {
	p := &Policy{rules: make(map[string]*rule)}
	for _, g := range grants {
		g.Path = Clean(g.Path)
		r := p.rules[g.Path]
		if r == nil {
			r = &rule{}
			p.rules[g.Path] = r
			p.paths = append(p.paths, g.Path)
			p.lengths = append(p.lengths, len(g.Path))
		}
		r.add(g)
	}
	slices.Sort(p.paths)
	slices.SortFunc(p.lengths, func(a, b int) int { return b - a })
	p.lengths = slices.Compact(p.lengths)
	return p
}

// Rights returns what id may do at path. The deepest path on the way down that has any grants
// decides alone (so a volume mounted inside another is not governed by the outer one's grants);
// there, the rights of all subjects that id matches add up. The owner may do everything.
//
// A path that is not canonical gives no rights to anybody. It does not allocate.
func (p *Policy) Rights(id Identity, path string) Right {
	if !Canonical(path) {
		return 0
	}
	return p.rights(&id, path)
}

func (p *Policy) rights(id *Identity, path string) Right {
	most, file := ^Right(0), false
	for ; id.Behind != nil; id = id.Behind {
		reach, only := id.reach(path)
		if most &= id.Mask & reach; most == 0 {
			return 0
		}
		file = file || only
	}
	if id.Kind.acts() {
		return 0
	}
	reach, only := id.reach(path)
	if most &= reach; most == 0 {
		return 0
	}
	r := Right(0)
	if id.Kind == Owner {
		r = Full | Admin | Dots
	} else if rule := p.deciding(path); rule != nil {
		r = rule.rights(id)
	}
	if r &= most; file || only {
		r = r.fileOnly()
	}
	return r
}

// deciding returns the rule of the deepest path at or above path that has grants.
func (p *Policy) deciding(path string) *rule {
	for _, n := range p.lengths {
		if n > len(path) || n > 1 && n < len(path) && path[n] != '/' {
			continue
		}
		if r := p.rules[path[:n]]; r != nil {
			return r
		}
	}
	return nil
}

// Visible reports whether id may know that path exists: it has a right there, or somewhere below,
// so that a folder is shown as a way through. A volume that hides what it refuses (HideRefused)
// answers "not found" wherever this is false. It does not allocate.
func (p *Policy) Visible(id Identity, path string) bool {
	if !Canonical(path) {
		return false
	}
	if p.rights(&id, path) != 0 {
		return true
	}
	for at := &id; at != nil; at = at.Behind {
		if r, only := at.reach(path); r == 0 || only {
			return false
		}
	}
	for _, below := range p.below(path) {
		if p.rights(&id, below) != 0 {
			return true
		}
	}
	return false
}

// Below returns the paths strictly below path that have grants of their own, sorted.
// Subtree verbs ask this before they start (core.md, point 3).
func (p *Policy) Below(path string) []string { return slices.Clone(p.below(path)) }

// below is a part of p.paths: those that begin with path and a slash stand together there.
func (p *Policy) below(path string) []string {
	if path == "/" {
		if len(p.paths) > 0 && p.paths[0] == "/" {
			return p.paths[1:]
		}
		return p.paths
	}
	from, _ := slices.BinarySearchFunc(p.paths, path, func(at, path string) int {
		return compareBelow(at, path, '/')
	})
	to, _ := slices.BinarySearchFunc(p.paths, path, func(at, path string) int {
		return compareBelow(at, path, '/'+1)
	})
	return p.paths[from:to]
}

// compareBelow compares at with path followed by the byte next, without joining them.
func compareBelow(at, path string, next byte) int {
	if len(at) <= len(path) {
		if at <= path {
			return -1
		}
		return 1
	}
	if c := strings.Compare(at[:len(path)], path); c != 0 {
		return c
	}
	if at[len(path)] < next {
		return -1
	}
	return 1
}

// At returns the path whose grants decide at path, and those grants; "" and nil where nothing is
// granted to anybody. Settings pages show it, and pre-fill a list of a folder's own with it.
func (p *Policy) At(path string) (from string, grants []Grant) {
	if !Canonical(path) {
		return "", nil
	}
	r := p.deciding(path)
	if r == nil {
		return "", nil
	}
	return r.grants[0].Path, slices.Clone(r.grants)
}

// Grants returns every grant, ordered by path.
func (p *Policy) Grants() []Grant {
	var out []Grant
	for _, at := range p.paths {
		out = append(out, p.rules[at].grants...)
	}
	return out
}

// Administers reports whether id administers this server: the owner, an account whose role says
// so, and whoever holds Admin anywhere. A token or device does so only when it was given Admin and
// the whole tree; a link never.
func (p *Policy) Administers(id Identity) bool {
	for at := &id; ; at = at.Behind {
		if at.Kind == Link || at.Root != "" && at.Root != "/" || at.Picks() {
			return false
		}
		if at.Behind != nil {
			if !at.Mask.Has(Admin) {
				return false
			}
			continue
		}
		if at.Kind.acts() {
			return false
		}
		if at.Kind == Owner || at.Kind == Account && at.Admin {
			return true
		}
		for _, path := range p.paths {
			if p.rules[path].rights(at).Has(Admin) {
				return true
			}
		}
		return false
	}
}

// reach returns the rights that id's own Root and Only leave at path: all or none, and at the root
// of a single shared file only those to look. only: path is that file.
func (i *Identity) reach(path string) (r Right, only bool) {
	root := i.Root
	if root == "" {
		if i.Kind == Link {
			return 0, false
		}
		root = "/"
	}
	if !Within(root, path) {
		return 0, false
	}
	if !i.Picks() {
		return ^Right(0), false
	}
	if path == root {
		return Read | Get, false
	}
	if i.Only == "" {
		return i.reachItem(path[len(strings.TrimSuffix(root, "/"))+1:])
	}
	if strings.IndexByte(i.Only, '/') < 0 && Parent(path) == root && Base(path) == i.Only {
		return ^Right(0), true
	}
	return 0, false
}

// reachItem is reach for Items: below is the path under Root.
func (i *Identity) reachItem(below string) (r Right, only bool) {
	name, _, deeper := strings.Cut(below, "/")
	holds, file := i.Holds(name)
	if !holds || file && deeper {
		return 0, false
	}
	return Read | Get, file
}
