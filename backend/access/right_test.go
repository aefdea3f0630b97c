package access_test

import (
	"testing"

	"portico/backend/access"
)

func TestParseRight(t *testing.T) {
	for _, c := range []struct {
		text string
		want access.Right
		ok   bool
	}{
		{"", 0, false},
		{"r", access.Read, true},
		{"wr", access.Read | access.Write, true},
		{"rr", access.Read, true},
		{"A", access.Read | access.Write | access.Move | access.Delete | access.Admin | access.Dots, true},
		{"rwmdgGha.", 1<<9 - 1, true},
		{"rx", 0, false},
		{"R", 0, false},
		{"r w", 0, false},
		{"ř", 0, false},
	} {
		got, ok := access.ParseRight(c.text)
		if got != c.want || ok != c.ok {
			t.Errorf("ParseRight(%q) = %v %v, want %v %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

func FuzzParseRight(f *testing.F) {
	for _, s := range []string{"", "r", "rwmdgGha.", "A", "AA", "\xff", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := access.ParseRight(text)
		if !ok {
			if r != 0 {
				t.Fatalf("ParseRight(%q) refused and gave %v", text, r)
			}
			return
		}
		again, ok := access.ParseRight(r.String())
		if !ok || again != r {
			t.Fatalf("%q became %v became %v", text, r, again)
		}
	})
}

func TestCovers(t *testing.T) {
	if !access.Read.Covers(access.Read | access.Get) {
		t.Error("a reader may hand out reading by name")
	}
	if access.Get.Covers(access.Read) || access.Write.Covers(access.Get) || access.Full.Covers(access.Admin) {
		t.Error("nobody hands out what is not theirs")
	}
}

func TestKindNames(t *testing.T) {
	seen := map[string]bool{"unknown": true}
	for k := access.Guest; k <= access.Token; k++ {
		if seen[k.String()] {
			t.Errorf("%d is called %q, as another one is", k, k)
		}
		seen[k.String()] = true
	}
	if access.Kind(77).String() != "unknown" {
		t.Error("a kind out of range has a name")
	}
}
