//go:build unix && !darwin

package native

import (
	"slices"
	"strings"
	"testing"
)

func TestExecIsQuoted(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"/usr/bin/portico", "--hidden"}, `/usr/bin/portico --hidden`},
		{[]string{"/opt/my apps/portico"}, `"/opt/my apps/portico"`},
		{[]string{`/a"b`, "c$d", "e`f", `g\h`, "100%", ""}, `"/a\\"b" "c\\$d" "e\\` + "`" + `f" "g\\\\h" 100%% ""`},
		{[]string{"it's", "a;b", "ünï"}, `"it's" "a;b" ünï`},
	} {
		got := quoteExec(c.words...)
		if got != c.want {
			t.Errorf("%q becomes %s, not %s", c.words, got, c.want)
		}
		if back, err := readExec(got + " %F"); err != nil || !slices.Equal(back, c.words) {
			t.Errorf("%s is read as %q, %v", got, back, err)
		}
	}
	for _, bad := range []string{`"open`, `"open\\`, `x "`} {
		if words, err := readExec(bad); err == nil {
			t.Errorf("%s is read as %q", bad, words)
		}
	}
}

func FuzzExec(f *testing.F) {
	f.Add("/usr/bin/portico", "--data=/x y")
	f.Add(`a\b"c$d`, "%f")
	f.Fuzz(func(t *testing.T, one, two string) {
		quoted := quoteExec(one, two)
		if strings.ContainsAny(quoted, "\n\r") {
			t.Errorf("%q breaks the line", quoted)
		}
		if back, err := readExec(quoted); err != nil || !slices.Equal(back, []string{one, two}) {
			t.Errorf("%q, %q become %s, read as %q, %v", one, two, quoted, back, err)
		}
	})
}
