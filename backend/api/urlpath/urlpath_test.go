package urlpath

import (
	"strings"
	"testing"
)

func TestBase(t *testing.T) {
	for in, want := range map[string]string{
		"/photos/x.jpg":   "",
		"/s/k7qf/x.jpg":   "/s/k7qf",
		"/S/K7QF/a/b/c":   "/s/K7QF",
		"/s/k7qf":         "/s/k7qf",
		"/s//x":           "",
		"/s/":             "",
		"/s":              "",
		"/sub/k7qf/x.jpg": "",
		"s/k7qf/x":        "",
		"":                "",
	} {
		if got := Base(in); got != want {
			t.Errorf("Base(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, c := range [][3]string{{"", "/", "/"}, {"", "/a/b", "/a/b"}, {"/s/k", "/", "/s/k/"}, {"/s/k", "/a", "/s/k/a"}} {
		if got := Join(c[0], c[1]); got != c[2] {
			t.Errorf("Join(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func FuzzBase(f *testing.F) {
	f.Add("/s/k7/x")
	f.Add("/S//")
	f.Fuzz(func(t *testing.T, p string) {
		if b := Base(p); b != "" && (strings.Count(b, "/") != 2 || !strings.EqualFold(p[:len(b)], b)) {
			t.Errorf("Base(%q) = %q", p, b)
		}
	})
}
