package vfs

import (
	"errors"
	"path"
	"slices"
	"strings"
	"testing"

	"portico/backend/access"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"": "/", "/": "/", ".": "/", "..": "/", "a": "/a", "/a/": "/a", "//a//b": "/a/b", "/a/./b": "/a/b",
		"/a/../../../b": "/b", "/..": "/", "/a/..": "/", "/a/b/../c": "/a/c", "/...": "/...", "/.a": "/.a", "/a/.b/c": "/a/.b/c",
		`/a\..\b`: `/a\..\b`, "/ ": "/ ", "/%2e%2e/x": "/%2e%2e/x",
	} {
		if got, err := clean(in); got != want || err != nil {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"/a\x00b", "/" + strings.Repeat("a", 256), strings.Repeat("/a", 3000)} {
		if got, err := clean(in); err != ErrName {
			t.Errorf("%.20q: %q %v", in, got, err)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"/", "a/../b", "//x/./", "/..", "\x00", "/a/.b", strings.Repeat("x", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := clean(in)
		if err != nil {
			return
		}
		if !access.Canonical(got) || got != path.Clean(got) {
			t.Fatalf("%q: %q is not canonical", in, got)
		}
		if again, err := clean(got); again != got || err != nil {
			t.Fatalf("%q: %q, again %q %v", in, got, again, err)
		}
		if slices.Contains(strings.Split(got, "/"), "..") {
			t.Fatalf("%q: %q climbs", in, got)
		}
		if dir, base := split(got); got != "/" && access.Join(dir, base) != got {
			t.Fatalf("%q: split into %q and %q", got, dir, base)
		}
	})
}

func TestNatural(t *testing.T) {
	want := []string{"", "0", "01", "1", "2", "10", "a1", "a2", "A2", "a10", "a10b2", "a10b10", "b", "B", "Ba", "über", "Über", "漢"}
	for i := range want {
		for j := range want {
			c := natural(want[i], want[j])
			if i < j && c >= 0 && !strings.EqualFold(want[i], want[j]) || i == j && c != 0 {
				t.Errorf("%q %q: %d", want[i], want[j], c)
			}
			if d := natural(want[j], want[i]); (c > 0) != (d < 0) || (c == 0) != (d == 0) {
				t.Errorf("%q %q: %d and %d", want[i], want[j], c, d)
			}
		}
	}
}

func FuzzNaturalIsAnOrder(f *testing.F) {
	f.Add("a1", "A01", "a1b")
	f.Add("10", "9", "x")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if natural(a, b) <= 0 && natural(b, c) <= 0 && natural(a, c) > 0 {
			t.Fatalf("%q ≤ %q ≤ %q", a, b, c)
		}
		if natural(a, b) == 0 && a != b {
			t.Fatalf("%q = %q", a, b)
		}
	})
}

func TestExtents(t *testing.T) {
	var e extents
	for _, x := range [][2]int64{{10, 20}, {30, 40}, {0, 5}, {20, 25}, {24, 31}, {5, 10}, {50, 50}} {
		e.add(x[0], x[1])
	}
	if len(e) != 1 || e[0] != (extent{0, 40}) || !e.covers(40) || e.covers(41) || e.end(7) != 40 || e.end(40) != 40 {
		t.Error(e)
	}
	e.add(60, 70)
	e.cut(65)
	if len(e) != 2 || e[1] != (extent{60, 65}) {
		t.Error(e)
	}
	e.cut(40)
	if len(e) != 1 || e.end(0) != 40 {
		t.Error(e)
	}
	e.cut(0)
	if len(e) != 0 {
		t.Error(e)
	}
}

func FuzzExtents(f *testing.F) {
	f.Add([]byte{1, 4, 8, 2, 3, 3, 0, 40, 200, 10})
	f.Fuzz(func(t *testing.T, ops []byte) {
		var e extents
		var want [512]bool
		for len(ops) >= 2 {
			from, n := int64(ops[0]), int64(ops[1])
			ops = ops[2:]
			if n == 255 {
				e.cut(from)
				clear(want[from:])
				continue
			}
			e.add(from, from+n)
			for i := from; i < from+n; i++ {
				want[i] = true
			}
		}
		for i, x := range e {
			if x.From >= x.To || i > 0 && e[i-1].To >= x.From {
				t.Fatalf("not apart: %v", e)
			}
		}
		for i, w := range want {
			if got := e.end(int64(i)) > int64(i); got != w {
				t.Fatalf("byte %d: %v, want %v in %v", i, got, w, e)
			}
		}
	})
}

// TestNewNameDeceives: what would read as another name than it is is not given to anything new.
func TestNewNameDeceives(t *testing.T) {
	for _, sign := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\u0085\n" {
		if err := newName("photo" + string(sign) + "gpj.exe"); !errors.Is(err, ErrName) {
			t.Errorf("%U: %v", sign, err)
		}
	}
	for _, good := range []string{"שלום.txt", "a\u200fb", "é", "家族 👨‍👩‍👧"} {
		if err := newName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// TestEscapes: what rises above the top on its way to something else is told of; what people do is not.
func TestEscapes(t *testing.T) {
	for name, want := range map[string]bool{
		"/../etc/passwd": true, "../x": true, "/a/../../x": true, "/a/b/../../../../x/y": true, "/./../x": true, "//..//x": true,
		"/": false, "/..": false, "/../..": false, "/../": false, "/a/..": false, "/a/../b": false, "/a/../b/..": false, "/..a/b": false, "/a..b": false, "": false,
	} {
		if got := escapes(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
