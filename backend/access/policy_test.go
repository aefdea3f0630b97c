package access_test

import (
	"slices"
	"testing"

	. "portico/backend/access"
)

var (
	owner  = Identity{Kind: Owner, Name: "this computer"}
	guest  = Identity{Kind: Guest, Name: "guest"}
	alice  = Identity{Kind: Account, ID: "alice", Name: "alice", Groups: []string{"lab", "staff"}}
	bob    = Identity{Kind: Account, ID: "bob", Name: "bob"}
	lab    = Subject{Group: "lab"}
	all    = Subject{Kind: Guest}
	signed = Subject{Kind: Account}
)

func account(id string) Subject { return Subject{Kind: Account, ID: id} }

func behind(k Kind, by Identity, root string, mask Right) Identity {
	return Identity{Kind: k, ID: "x", Behind: &by, Root: root, Mask: mask}
}

func only(by Identity, root, name string, mask Right) Identity {
	id := behind(Link, by, root, mask)
	id.Only = name
	return id
}

var house = NewPolicy([]Grant{
	{Path: "/pub", Who: all, Rights: Read},
	{Path: "/pub", Who: signed, Rights: Write},
	{Path: "/pub", Who: lab, Rights: Move},
	{Path: "/pub", Who: account("alice"), Rights: Delete},
	{Path: "/pub/nested", Who: account("bob"), Rights: Read},
	{Path: "/pub/closed"},
	{Path: "/projects/deep/inside", Who: account("alice"), Rights: Read | Write},
	{Path: "/inbox", Who: all, Rights: Write},
	{Path: "/admin", Who: account("bob"), Rights: Admin},
	{Path: "/photos/", Who: all, Rights: Read},
})

func TestRights(t *testing.T) {
	for _, c := range []struct {
		say  string
		id   Identity
		path string
		want Right
	}{
		{"nothing is granted at the top", guest, "/", 0},
		{"everyone", guest, "/pub", Read},
		{"below", guest, "/pub/a/b/c", Read},
		{"signed in adds", bob, "/pub/a", Read | Write},
		{"groups and names add up", alice, "/pub/a", Read | Write | Move | Delete},
		{"deepest decides: outer grants end", alice, "/pub/nested/x", 0},
		{"deepest decides: inner grants hold", bob, "/pub/nested/x", Read},
		{"a boundary grants nothing", alice, "/pub/closed/x", 0},
		{"a name that merely begins alike is not inside", guest, "/public", 0},
		{"nor is its file", guest, "/pub.txt", 0},
		{"nor an elder of a boundary's name", alice, "/pub/closed2", Read | Write | Move | Delete},
		{"case matters", guest, "/PUB", 0},
		{"a way through gives no right", alice, "/projects/deep", 0},
		{"the end of the way does", alice, "/projects/deep/inside/f", Read | Write},
		{"a slash too many in a grant does not lose it", guest, "/photos/1.jpg", Read},
		{"owner", owner, "/pub/closed", Full | Admin | Dots},
		{"owner, where nobody was granted anything", owner, "/x/y", Full | Admin | Dots},

		{"link: mask narrows", behind(Link, alice, "/pub", Read|Get), "/pub/a", Read},
		{"link: root itself", behind(Link, alice, "/pub/a", Read), "/pub/a", Read},
		{"link: sibling of the root", behind(Link, owner, "/pub/a", Full), "/pub/b", 0},
		{"link: parent of the root", behind(Link, owner, "/pub/a", Full), "/pub", 0},
		{"link: sibling that begins alike", behind(Link, owner, "/pub/a", Full), "/pub/ab", 0},
		{"link: inner boundary holds for it too", behind(Link, alice, "/pub", Full), "/pub/nested/x", 0},
		{"link of the owner never administers", behind(Link, owner, "/pub", Full), "/pub/a", Full},
		{"link without a root", behind(Link, owner, "", Full), "/pub", 0},
		{"link to everything", behind(Link, owner, "/", Read), "/pub", Read},
		{"link with nobody behind", Identity{Kind: Link, ID: "x", Root: "/pub", Mask: Full}, "/pub/a", 0},
		{"token with nobody behind", Identity{Kind: Token, ID: "x", Mask: Full}, "/pub/a", 0},
		{"device with nobody behind", Identity{Kind: Device, ID: "alice", Mask: Full}, "/pub/a", 0},
		{"a kind that does not exist", Identity{Kind: 99, ID: "alice"}, "/pub/a", 0},
		{"root written with a slash too many", behind(Link, owner, "/pub/", Full), "/pub/a", 0},
		{"token of an account without the right", behind(Token, bob, "", Full), "/pub/closed", 0},
		{"token of a device of an account", behind(Token, behind(Device, alice, "/pub", Write|Read), "/pub/a", Full), "/pub/a/x", Read | Write},
		{"… cannot leave the device's root", behind(Token, behind(Device, alice, "/pub/a", Full), "", Full), "/pub/b", 0},
		{"an account with a root of its own", Identity{Kind: Account, ID: "alice", Root: "/pub/a"}, "/pub/b", 0},

		{"one file: itself, which is not listed", only(owner, "/pub", "a.jpg", Read|Get|Write), "/pub/a.jpg", Get | Write},
		{"one file: of somebody who may only read", only(guest, "/pub", "a.jpg", Read|Get|Write), "/pub/a.jpg", Get},
		{"one file: for a token behind the link", behind(Token, only(guest, "/pub", "a.jpg", Read), "", Full), "/pub/a.jpg", Get},
		{"one file: its folder may be looked at", only(owner, "/pub", "a.jpg", Full), "/pub", Read | Get},
		{"one file: its folder with a right to add only", only(owner, "/pub", "a.jpg", Write), "/pub", 0},
		{"one file: a sibling", only(owner, "/pub", "a.jpg", Full), "/pub/b.jpg", 0},
		{"one file: a sibling that begins alike", only(owner, "/pub", "a.jpg", Full), "/pub/a.jpg2", 0},
		{"one file: of the same name deeper", only(owner, "/pub", "a.jpg", Full), "/pub/x/a.jpg", 0},
		{"one file: turned into a folder", only(owner, "/pub", "a.jpg", Full), "/pub/a.jpg/secret", 0},
		{"one file: with a slash in it", only(owner, "/pub", "x/a.jpg", Full), "/pub/x/a.jpg", 0},
		{"one file: dots", only(owner, "/pub", "..", Full), "/", 0},
		{"one file at the top", only(owner, "/", "a.jpg", Read), "/a.jpg", Get},

		{"not canonical: owner", owner, "/pub/", 0},
		{"not canonical: dots", guest, "/pub/../pub", 0},
		{"not canonical: relative", owner, "pub", 0},
		{"not canonical: empty", owner, "", 0},
		{"not canonical: NUL", guest, "/pub/\x00", 0},
	} {
		if got := house.Rights(c.id, c.path); got != c.want {
			t.Errorf("%s: %v at %q has %q, want %q", c.say, c.id, c.path, got, c.want)
		}
	}
}

// TestEveryVerbEveryKind grants each single verb to one account and asks for each as each kind.
func TestEveryVerbEveryKind(t *testing.T) {
	for bit := range 9 {
		granted := Right(1) << bit
		p := NewPolicy([]Grant{{Path: "/v", Who: account("alice"), Rights: granted}})
		for other := range 9 {
			asked := Right(1) << other
			for _, c := range []struct {
				id   Identity
				want bool
			}{
				{guest, false},
				{bob, false},
				{alice, granted == asked},
				{owner, (Full | Admin | Dots).Has(asked)},
				{behind(Device, alice, "/v", asked), granted == asked},
				{behind(Token, alice, "", asked), granted == asked},
				{behind(Link, alice, "/v", asked), granted == asked},
				{behind(Link, alice, "/v", ^asked), false},
				{behind(Link, alice, "/w", asked), false},
				{only(alice, "/v", "f", asked), granted == asked && !(Read | HTML | Upget).Has(asked)},
				{behind(Link, bob, "/v", asked), false},
				{behind(Link, guest, "/v", asked), false},
				{behind(Link, owner, "/v", asked), (Full | Admin | Dots).Has(asked)},
				{Identity{Kind: Link, ID: "alice", Root: "/v", Mask: asked}, false},
				{Identity{Kind: Token, ID: "alice", Mask: asked}, false},
				{Identity{Kind: Device, ID: "alice", Mask: asked}, false},
			} {
				if got := p.Rights(c.id, "/v/f").Has(asked); got != c.want {
					t.Errorf("granted %q, %v (root %q only %q mask %q behind %v) asks %q: %v",
						granted, c.id, c.id.Root, c.id.Only, c.id.Mask, c.id.Behind, asked, got)
				}
			}
		}
	}
}

func TestVisible(t *testing.T) {
	for _, c := range []struct {
		id   Identity
		path string
		want bool
	}{
		{alice, "/", true},
		{alice, "/projects", true},
		{alice, "/projects/deep", true},
		{alice, "/projects/deep/inside", true},
		{alice, "/projects/other", false},
		{alice, "/project", false},
		{bob, "/projects", false},
		{guest, "/projects", false},
		{guest, "/pub", true},
		{guest, "/pub/closed", false},
		{bob, "/admin", true},
		{guest, "/admin", false},
		{owner, "/anything", true},
		{behind(Link, alice, "/projects", Read), "/projects", true},
		{behind(Link, alice, "/projects", Read), "/", false},
		{behind(Link, alice, "/projects", Delete), "/projects", false},
		{behind(Link, alice, "/projects/deep/inside/x", Read), "/projects", false},
		{only(alice, "/projects", "deep", Read), "/projects/deep", false}, // a file leads nowhere
		{only(alice, "/pub", "a.jpg", Read), "/pub", true},
		{only(alice, "/pub", "a.jpg", Read), "/pub/a.jpg", true},
		{only(alice, "/pub", "a.jpg", Read), "/pub/b.jpg", false},
		{owner, "/../x", false},
	} {
		if got := house.Visible(c.id, c.path); got != c.want {
			t.Errorf("Visible(%v root %q, %q) = %v", c.id, c.id.Root, c.path, got)
		}
	}
}

func TestBelowAndAt(t *testing.T) {
	p := NewPolicy([]Grant{{Path: "/a"}, {Path: "/a/b"}, {Path: "/a/b/c"}, {Path: "/a-b"}, {Path: "/a0"}, {Path: "/ab"}, {Path: "/a/z", Who: all, Rights: Read}})
	for path, want := range map[string][]string{
		"/":      {"/a", "/a-b", "/a/b", "/a/b/c", "/a/z", "/a0", "/ab"},
		"/a":     {"/a/b", "/a/b/c", "/a/z"},
		"/a/b":   {"/a/b/c"},
		"/a/b/c": nil,
		"/ab":    nil,
		"/zz":    nil,
	} {
		if got := p.Below(path); !slices.Equal(got, want) {
			t.Errorf("Below(%q) = %q, want %q", path, got, want)
		}
	}
	if got := NewPolicy([]Grant{{Path: "/"}, {Path: "/a"}}).Below("/"); !slices.Equal(got, []string{"/a"}) {
		t.Errorf("the top is not below itself: %q", got)
	}
	if from, grants := p.At("/a/z/y"); from != "/a/z" || len(grants) != 1 || grants[0].Rights != Read {
		t.Errorf("At = %q %v", from, grants)
	}
	if from, grants := p.At("/elsewhere"); from != "" || grants != nil {
		t.Errorf("At where nothing is granted = %q %v", from, grants)
	}
}

func TestAdministers(t *testing.T) {
	chief := Identity{Kind: Account, ID: "chief", Admin: true}
	for _, c := range []struct {
		say  string
		id   Identity
		want bool
	}{
		{"owner", owner, true},
		{"guest", guest, false},
		{"role", chief, true},
		{"Admin somewhere", bob, true},
		{"no Admin anywhere", alice, false},
		{"full token of an administrator", behind(Token, chief, "", Full|Admin), true},
		{"token without it", behind(Token, chief, "", Full), false},
		{"token with a root", behind(Token, chief, "/pub", Full|Admin), false},
		{"token of one who may not", behind(Token, alice, "", Full|Admin), false},
		{"link", behind(Link, owner, "/", Full|Admin), false},
		{"token behind a link", behind(Token, behind(Link, owner, "/", Full|Admin), "", Full|Admin), false},
		{"device that says so itself", Identity{Kind: Device, ID: "d", Admin: true}, false},
		{"guest that says so itself", Identity{Kind: Guest, Admin: true}, false},
	} {
		if got := house.Administers(c.id); got != c.want {
			t.Errorf("%s: %v", c.say, got)
		}
	}
}

func TestPaths(t *testing.T) {
	for path, want := range map[string]string{"/": "", "/a": "a", "/a/b c": "b c"} {
		if got := Base(path); got != want {
			t.Errorf("Base(%q) = %q", path, got)
		}
	}
	for path, want := range map[string]string{"": "/", "photos": "/photos", "/a/../..": "/", "a//b/": "/a/b", "/a\x00b": "/ab"} {
		if got := Clean(path); got != want {
			t.Errorf("Clean(%q) = %q", path, got)
		}
	}
}
