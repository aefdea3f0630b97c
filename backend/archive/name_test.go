package archive

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSafeNames(t *testing.T) {
	for _, c := range []struct{ name, zip, tar string }{
		{"a/b.txt", "a/b.txt", "a/b.txt"},
		{"Photos/IMG 1.JPG", "Photos/IMG 1.JPG", "Photos/IMG 1.JPG"},
		{`..\..\evil.exe`, ".._.._evil.exe", ".._.._evil.exe"},
		{`C:\x`, "C__x", "C:_x"},
		{"../x", "_/x", "_/x"},
		{"a/./b", "a/_/b", "a/_/b"},
		{"a//b", "a/_/b", "a/_/b"},
		{"line\nbreak", "line_break", "line_break"},
		{"con", "_con", "con"},
		{"sub/CON.txt", "sub/_CON.txt", "sub/CON.txt"},
		{"com1.log/x", "_com1.log/x", "com1.log/x"},
		{"content", "content", "content"},
		{"icon.png", "icon.png", "icon.png"},
		{"trailing. ", "trailing__", "trailing. "},
		{"trailing./x", "trailing_/x", "trailing./x"},
		{"12:30?.txt", "12_30_.txt", "12:30?.txt"},
		{"bad\xffbyte", "bad_byte", "bad_byte"},
		{"Füße 日本", "Füße 日本", "Füße 日本"},
	} {
		if got := safeNames(c.name, Zip); got != c.zip {
			t.Errorf("zip %q: %q, want %q", c.name, got, c.zip)
		}
		if got := safeNames(c.name, Tar); got != c.tar {
			t.Errorf("tar %q: %q, want %q", c.name, got, c.tar)
		}
	}
}

func FuzzSafeNames(f *testing.F) {
	for _, seed := range []string{"a/../b", `..\x`, "NUL", "aux.c/x", " . ", "com¹", "\u202e", "a\x00b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if name == "" {
			return
		}
		for _, format := range []Format{Zip, Tar} {
			safe := safeNames(name, format)
			if !utf8.ValidString(safe) || strings.Count(safe, "/") != strings.Count(name, "/") {
				t.Fatalf("%q became %q", name, safe)
			}
			for _, part := range strings.Split(safe, "/") {
				if part == "" || part == "." || part == ".." || strings.Contains(part, `\`) || strings.ContainsFunc(part, unicode.IsControl) {
					t.Fatalf("%q became %q", name, safe)
				}
				if format == Zip && (device(part) || strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") || strings.ContainsAny(part, `<>:"|?*`)) {
					t.Fatalf("%q became %q, which Windows cannot store", name, safe)
				}
			}
			if safeNames(safe, format) != safe {
				t.Fatalf("%q became %q, which changes again", name, safe)
			}
		}
	})
}

func TestCollisionsGetNumbers(t *testing.T) {
	p := &Plan{}
	c := &collector{plan: p}
	for _, name := range []string{"a_b.txt", `a\b.txt`, "a:b.txt", "d/", "d/", "d/x"} {
		p.members = append(p.members, member{name: safeNames(name, Zip), path: name})
	}
	p.members[4].name = "d/"
	p.members[3].name = "d/"
	p.members[5].name = "d/x"
	c.distinguish()
	var got []string
	for _, m := range p.members {
		got = append(got, m.name)
	}
	if want := "a_b.txt,a_b (2).txt,a_b (3).txt,d/,d/x"; strings.Join(got, ",") != want {
		t.Errorf("%q, want %q", strings.Join(got, ","), want)
	}
}
