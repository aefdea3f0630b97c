package share

import (
	"errors"
	"strings"
	"testing"
)

func TestOwnKeys(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Key: "Holiday_2024"})
	if s.Key != "h011day_2024" {
		t.Errorf("%q", s.Key)
	}
	h.open("HOLIDAY_2024", phone)
	h.open("ho1iday_2024", phone)
	if _, err := h.Create(t.Context(), owner, NewShare{Path: "/photos", Key: "hOLiDaY_2024"}); !errors.Is(err, ErrTaken) {
		t.Errorf("%v", err)
	}
	for _, key := range []string{"abc", "a b c d", "../../..", "käse", strings.Repeat("a", 65), "a/b/c", "\x00\x00\x00\x00"} {
		if _, err := h.Create(t.Context(), owner, NewShare{Path: "/photos", Key: key}); !errors.Is(err, ErrKey) {
			t.Errorf("%q: %v", key, err)
		}
	}
	if _, err := h.Create(t.Context(), owner, NewShare{Path: "/photos", Key: "guessable", Public: true}); !errors.Is(err, ErrKey) {
		t.Errorf("%v", err)
	}
	s = h.share(owner, NewShare{Path: "/photos", Key: "guessable", Public: true, Password: "p"})
	got, err := h.Update(t.Context(), owner, s.ID, Change{Password: ptr("")})
	if err != nil || !got.Rekeyed || len(got.Key) != longKey {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"k7qf2mzx", "K7QF2MZX", "oOiIlL", "", "../x", "a\x00", "é", strings.Repeat("a", 65)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, key string) {
		folded := Fold(key)
		if folded == "" {
			return
		}
		if len(folded) != len(key) || Fold(folded) != folded || Fold(strings.ToUpper(key)) != folded || strings.Trim(folded, alphabet+"u-_") != "" {
			t.Fatalf("%q becomes %q", key, folded)
		}
	})
}

func TestKeysAreRandom(t *testing.T) {
	seen := make(map[string]bool)
	count := make(map[rune]int)
	for range 4000 {
		k := newKey(shortKey)
		if seen[k] || Fold(k) != k || len(k) != shortKey {
			t.Fatalf("%q", k)
		}
		seen[k] = true
		for _, c := range k {
			count[c]++
		}
	}
	for _, c := range alphabet {
		if n := count[c]; n < 800 || n > 1200 { // 1000 expected, 6 deviations
			t.Errorf("%c: %d times", c, n)
		}
	}
}
