package access_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	. "portico/backend/access"
)

var (
	names  = rapid.SampledFrom([]string{"a", "ab", "b", "a b", "...", "é"})
	rights = rapid.Custom(func(t *rapid.T) Right { return Right(rapid.Uint16Range(0, 1<<9-1).Draw(t, "rights")) })
	paths  = rapid.Custom(func(t *rapid.T) string {
		return "/" + strings.Join(rapid.SliceOfN(names, 0, 4).Draw(t, "names"), "/")
	})
	groups   = rapid.SampledFrom([]string{"g1", "g2"})
	ids      = rapid.SampledFrom([]string{"i1", "i2"})
	subjects = rapid.Custom(func(t *rapid.T) Subject {
		switch rapid.IntRange(0, 3).Draw(t, "who") {
		case 0:
			return Subject{Kind: Guest}
		case 1:
			return Subject{Kind: Account}
		case 2:
			return Subject{Kind: Account, ID: ids.Draw(t, "id")}
		}
		return Subject{Group: groups.Draw(t, "group")}
	})
	grants = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Grant {
		return Grant{Path: paths.Draw(t, "path"), Who: subjects.Draw(t, "who"), Rights: rights.Draw(t, "rights")}
	}), 0, 8)
	standing = rapid.Custom(func(t *rapid.T) Identity {
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			return Identity{Kind: Guest}
		case 1:
			return Identity{Kind: Owner}
		}
		return Identity{Kind: Account, ID: ids.Draw(t, "id"), Groups: rapid.SliceOfN(groups, 0, 2).Draw(t, "groups")}
	})
)

// narrowed wraps by in one to three layers of acting for somebody.
func narrowed(t *rapid.T, by Identity) Identity {
	for range rapid.IntRange(1, 3).Draw(t, "layers") {
		inner := by
		by = Identity{
			Kind:   rapid.SampledFrom([]Kind{Device, Link, Token}).Draw(t, "kind"),
			ID:     ids.Draw(t, "id"),
			Behind: &inner,
			Mask:   rights.Draw(t, "mask"),
			Root:   rapid.OneOf(rapid.Just(""), paths).Draw(t, "root"),
			Only:   rapid.OneOf(rapid.Just(""), names).Draw(t, "only"),
		}
		if by.Only == "" && rapid.Bool().Draw(t, "picks") {
			by.Items = Select(rapid.SliceOfN(names, 1, 2).Draw(t, "files"), rapid.SliceOfN(names, 0, 2).Draw(t, "folders"))
		}
	}
	return by
}

// model is the same question answered by its plainest reading, without any preparation.
func model(grants []Grant, id Identity, p string) Right {
	r := modelOf(grants, id, p)
	for layer := &id; layer.Behind != nil; layer = layer.Behind {
		at := path.Clean("/" + layer.Root)
		if layer.Only != "" && p != at || len(layer.Items) > 0 && slices.ContainsFunc(layer.Items, func(i string) bool { return p == path.Join(at, i) && !strings.HasSuffix(i, "/") }) {
			if r.Has(Read) {
				r |= Get
			}
			r &^= Read | HTML | Upget
		}
	}
	return r
}

func modelOf(grants []Grant, id Identity, p string) Right {
	if id.Behind != nil {
		root := id.Root
		if root == "" && id.Kind == Link {
			return 0
		}
		left := ^Right(0)
		switch in := root == "" || root == "/" || p == root || strings.HasPrefix(p, root+"/"); {
		case !in:
			return 0
		case len(id.Items) > 0:
			left = 0
			for _, i := range append(slices.Clone(id.Items), "") {
				at := path.Join("/", root, i)
				if p == at || strings.HasSuffix(i, "/") && strings.HasPrefix(p, at+"/") {
					left = Read | Get
				}
			}
		case id.Only == "":
		case p == path.Clean("/"+root):
			left = Read | Get
		case p != path.Join("/", root, id.Only):
			return 0
		}
		return modelOf(grants, *id.Behind, p) & id.Mask & left
	}
	switch id.Kind {
	case Owner:
		return Full | Admin | Dots
	case Device, Link, Token:
		return 0
	}
	for at := p; ; at = path.Dir(at) {
		found, sum := false, Right(0)
		for _, g := range grants {
			if g.Path != at {
				continue
			}
			found = true
			in := g.Who == Subject{Kind: Guest} || id.Kind == Account && g.Who.Group == "" && (g.Who.ID == "" || g.Who.ID == id.ID)
			for _, group := range id.Groups {
				in = in || g.Who.Group == group
			}
			if in {
				sum |= g.Rights
			}
		}
		if found {
			return sum
		}
		if at == "/" {
			return 0
		}
	}
}

func TestRightsAgreeWithTheirPlainReading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := grants.Draw(t, "grants")
		id := standing.Draw(t, "who")
		if rapid.Bool().Draw(t, "narrowed") {
			id = narrowed(t, id)
		}
		at := paths.Draw(t, "at")
		if got, want := NewPolicy(g).Rights(id, at), model(g, id, at); got != want {
			t.Fatalf("%+v at %q: %q, plainly %q", id, at, got, want)
		}
	})
}

func TestNarrowedNeverExceeds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPolicy(grants.Draw(t, "grants"))
		at := paths.Draw(t, "at")
		id := narrowed(t, standing.Draw(t, "who"))
		r := p.Rights(id, at)
		for layer := &id; layer.Behind != nil; layer = layer.Behind {
			if !p.Rights(*layer.Behind, at).Covers(r) {
				t.Fatalf("%v has %q at %q, more than %v", id, r, at, *layer.Behind)
			}
			if !layer.Mask.Covers(r) {
				t.Fatalf("%q goes beyond the mask %q", r, layer.Mask)
			}
			if r.Has(Read) && layer.Only != "" && at != rootOf(layer) {
				t.Fatalf("the one file %q may be listed", at)
			}
			if r != 0 && layer.Root != "" && !Within(layer.Root, at) {
				t.Fatalf("%q is outside of %q and has %q", at, layer.Root, r)
			}
			if r != 0 && layer.Only != "" && at != Join(rootOf(layer), layer.Only) && at != rootOf(layer) {
				t.Fatalf("%q is not the one file %q of %q and has %q", at, layer.Only, layer.Root, r)
			}
		}
		if p.Administers(id) && !p.Administers(*id.Behind) {
			t.Fatalf("%v administers, %v does not", id, *id.Behind)
		}
		if p.Visible(id, at) && !p.Visible(*id.Behind, at) {
			t.Fatalf("%v sees %q, %v does not", id, at, *id.Behind)
		}
	})
}

func TestMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := grants.Draw(t, "grants")
		at := paths.Draw(t, "at")
		id := standing.Draw(t, "who")
		before := NewPolicy(g).Rights(id, at)

		if len(g) > 0 { // one more grant where there are some already never takes away
			more := Grant{Path: rapid.SampledFrom(g).Draw(t, "where").Path, Who: subjects.Draw(t, "more"), Rights: rights.Draw(t, "rights")}
			if lost := before &^ NewPolicy(append(g, more)).Rights(id, at); lost != 0 {
				t.Fatalf("one grant more took %q away", lost)
			}
		}
		p := NewPolicy(g)
		small := rights.Draw(t, "mask")
		large := small | rights.Draw(t, "wider")
		root := paths.Draw(t, "root")
		narrow := Identity{Kind: Token, Behind: &id, Mask: small, Root: root}
		wide := Identity{Kind: Token, Behind: &id, Mask: large, Root: Parent(root)}
		if lost := p.Rights(narrow, at) &^ p.Rights(wide, at); lost != 0 {
			t.Fatalf("a wider mask and root took %q away", lost)
		}
	})
}

func TestVisibleIsWhatLeadsSomewhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := grants.Draw(t, "grants")
		p := NewPolicy(g)
		id := standing.Draw(t, "who")
		at := paths.Draw(t, "at")
		want := p.Rights(id, at) != 0
		for _, grant := range g {
			want = want || Within(at, grant.Path) && p.Rights(id, grant.Path) != 0
		}
		if got := p.Visible(id, at); got != want {
			t.Fatalf("Visible(%v, %q) = %v", id, at, got)
		}
	})
}

func rootOf(id *Identity) string {
	if id.Root == "" {
		return "/"
	}
	return id.Root
}
