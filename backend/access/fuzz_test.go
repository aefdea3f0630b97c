package access_test

import (
	"path"
	"strings"
	"testing"

	. "portico/backend/access"
)

// hostile are forms in which clients of every protocol have tried to leave a folder.
var hostile = []string{
	"/", "", ".", "..", "/..", "/share/..", "/share/../secret", "/share/./x", "/share//x", "/share/",
	"//share", "/share/x/../../secret", "/share/%2e%2e/secret", "/share/..%2fsecret", "/share/..\\secret",
	"\\share", "/share\x00/../secret", "/share/x\x00", "/SHARE/x", "/sharex", "/share.txt", "/share ", "/ share",
	"/share/\u2024\u2024/secret", "/share/\uff0e\uff0e/secret", "/share/．．/x", "/share/...", "/share/.. /x",
	"/share/~", "~", "C:\\share", "/share/C:/x", "//?/C:/share", "/share/f::$DATA", "/share/SECRET~1",
	"file:///share", "/share/\xc0\xae\xc0\xae/secret", "/share/\xff", "/share/x/", "/share/x/.", "/share/x/..",
	"/share/é", "/share/e\u0301", "/share/\n", "/share/a\tb", strings.Repeat("/a", 5000),
}

func FuzzRights(f *testing.F) {
	for _, p := range hostile {
		f.Add("/share", "file.txt", p)
		f.Add(p, "", "/share/x")
		f.Add("/share", p, "/share/"+p)
	}
	policy := NewPolicy([]Grant{
		{Path: "/", Who: Subject{Kind: Guest}, Rights: Get},
		{Path: "/share", Who: Subject{Kind: Guest}, Rights: Read},
		{Path: "/secret"},
	})
	who := Identity{Kind: Owner}
	f.Fuzz(func(t *testing.T, root, only, asked string) {
		link := Identity{Kind: Link, ID: "l", Behind: &who, Mask: Full, Root: root, Only: only}
		r := policy.Rights(link, asked)
		if r == 0 {
			return
		}
		if path.Clean("/"+asked) != asked || strings.ContainsRune(asked, 0) {
			t.Fatalf("%q is not canonical and has %q", asked, r)
		}
		if root != "/" && asked != root && !strings.HasPrefix(asked, root+"/") || root == "" {
			t.Fatalf("%q lies outside of %q and has %q", asked, root, r)
		}
		if only != "" && asked != root && asked != Join(root, only) {
			t.Fatalf("%q is not the one file %q in %q and has %q", asked, only, root, r)
		}
		if only != "" && asked == root && r.Any(Write|Move|Delete) {
			t.Fatalf("the folder of one shared file can be changed: %q", r)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	for _, p := range hostile {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		want := strings.HasPrefix(p, "/") && path.Clean(p) == p && !strings.ContainsRune(p, 0)
		if got := Canonical(p); got != want {
			t.Fatalf("Canonical(%q) = %v", p, got)
		}
		if c := Clean(p); !Canonical(c) {
			t.Fatalf("Clean(%q) = %q, which is not canonical", p, c)
		}
	})
}

// FuzzGrants: whatever stands in a configuration, only what lies below a grant is given.
func FuzzGrants(f *testing.F) {
	for _, p := range hostile {
		f.Add(p, "/share/x")
	}
	guest := Identity{Kind: Guest}
	f.Fuzz(func(t *testing.T, granted, asked string) {
		p := NewPolicy([]Grant{{Path: granted, Who: Subject{Kind: Guest}, Rights: Read}})
		at := path.Clean("/" + strings.ReplaceAll(granted, "\x00", ""))
		in := Canonical(asked) && (at == "/" || asked == at || strings.HasPrefix(asked, at+"/"))
		if got := p.Rights(guest, asked) != 0; got != in {
			t.Fatalf("granted at %q, asked %q: %v", granted, asked, got)
		}
	})
}
