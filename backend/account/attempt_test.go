package account

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestChangeWhileJudging: what was judged while an account changed is not remembered, neither that it
// was right nor that it was wrong.
func TestChangeWhileJudging(t *testing.T) {
	h := newHouse(t)
	for say, owner := range map[string]string{"right": "somebody", "wrong": ""} {
		judged := 0
		try := func(during func()) {
			a := &attempt{mac: h.cache.sum(Password, say), from: Network(home), name: say, count: h.byName}
			a.judge = func(context.Context) (string, error) {
				judged++
				during()
				return owner, nil
			}
			h.guarded(t.Context(), a)
		}
		try(func() { h.changed("somebody") })
		try(func() {})
		if judged != 2 {
			t.Errorf("%s: remembered across a change", say)
		}
		try(func() {})
		if judged != 2 {
			t.Errorf("%s: not remembered", say)
		}
	}
}

// TestNotJudgedIsNotCounted: a store that fails makes nobody wait.
func TestNotJudgedIsNotCounted(t *testing.T) {
	h := newHouse(t)
	broken := errors.New("broken")
	for i := range 100 {
		a := &attempt{mac: h.cache.sum(Password, string(rune(i))), from: Network(home), name: "x", count: h.byName}
		a.judge = func(context.Context) (string, error) { return "", broken }
		if _, _, err := h.guarded(t.Context(), a); err != broken {
			t.Fatal(err)
		}
	}
	if h.byAddr.Len()+h.byName.Len() != 0 {
		t.Error("counted")
	}
}

func TestCheck(t *testing.T) {
	h := newHouse(t)
	hash, err := h.Hash(t.Context(), "sesame")
	h.must(err)
	check := func(what, hash, secret, remote string) error { return h.Check(t.Context(), what, hash, secret, remote) }
	h.must(check("share 1", hash, "sesame", home))
	made := h.hasher.made.Load()
	h.must(check("share 1", hash, "sesame", home))
	if h.hasher.made.Load() != made {
		t.Error("hashed again")
	}
	other, err := h.Hash(t.Context(), "open")
	h.must(err)
	for _, c := range [][2]string{{hash, "Sesame"}, {hash, ""}, {other, "sesame"}, {"", "sesame"}} {
		if err := check("share 1", c[0], c[1], home); err != ErrWrong {
			t.Errorf("%v: %v", c, err)
		}
	}
	var many ErrTooMany
	for i := 0; !errors.As(check("share 2", hash, string(rune('a'+i)), away), &many); i++ {
		if i > 20 {
			t.Fatal("nobody waits")
		}
	}
	if many.RetryAfter > 5*time.Minute {
		t.Errorf("%v", many)
	}
	h.must(check("share 1", hash, "sesame", home))
}
