package window

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMend(t *testing.T) {
	dir := t.TempDir()
	there := func(name string) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, nil, 0o600); err != nil {
			t.Skip("this disk takes no such name: ", err)
		}
		return at
	}
	plain, broken, twice := there("a.jpg"), there("new\nline"), there("1\n2\n\n3")
	gone := filepath.Join(dir, "gone.txt")
	dangling := filepath.Join(dir, "link")
	if err := os.Symlink(gone, dangling); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ dropped, want []string }{
		"nothing":        {nil, nil},
		"no file":        {[]string{""}, nil},
		"one":            {[]string{plain}, []string{plain}},
		"line break":     {strings.Split(plain+"\n"+broken+"\n"+plain, "\n"), []string{plain, broken, plain}},
		"three of them":  {strings.Split(twice, "\n"), []string{twice}},
		"vanished":       {[]string{gone, plain}, []string{gone, plain}},
		"vanished, last": {[]string{plain, gone}, []string{plain, gone}},
		"between":        {[]string{plain, "", broken[:len(broken)-5], "line"}, []string{plain, broken}},
		"leads nowhere":  {[]string{dangling}, []string{dangling}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Mend(c.dropped)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Ten thousand names, none of them there, are looked at a bounded number of times.
func TestMendMany(t *testing.T) {
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprintf("/gone/%d", i)
	}
	looks := 0
	out := mend(names, func(string) bool { looks++; return false })
	if len(out) != len(names) || looks > 20*len(names) {
		t.Errorf("%d names, %d looks", len(out), looks)
	}
}

func TestSize(t *testing.T) {
	for place, want := range map[Place][2]int{
		{}:                                {1100, 720},
		{X: 5, Y: 5}:                      {1100, 720},
		{Width: 900, Height: 600}:         {900, 600},
		{Width: 3, Height: 1}:             {520, 420},
		{Width: 1 << 30, Height: 1 << 30}: {16384, 16384},
	} {
		if w, h := place.size(); w != want[0] || h != want[1] {
			t.Errorf("%+v: %d×%d", place, w, h)
		}
	}
}

// TestWithin: a window that was remembered on a larger screen is seen whole on a smaller one.
func TestWithin(t *testing.T) {
	for _, c := range []struct{ was, want Place }{
		{Place{X: 100, Y: 90, Width: 820, Height: 560}, Place{X: 100, Y: 90, Width: 820, Height: 560}},
		{Place{X: 3000, Y: 2000, Width: 820, Height: 560}, Place{X: 460, Y: 276, Width: 820, Height: 560}},
		{Place{X: -900, Y: -40, Width: 820, Height: 560}, Place{Width: 820, Height: 560}},
		{Place{X: 10, Y: 10, Width: 3000, Height: 2000}, Place{Width: 1280, Height: 836}},
	} {
		if got := c.was.within(1280, 900); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.was, got, c.want)
		}
	}
}
