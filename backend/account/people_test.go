package account

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"portico/backend/access"
)

func TestPeople(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "Alice", Password: "correct horse", Settings: `{"theme":"dark"}`})
	b := h.account(NewAccount{Name: "bob"})
	if a.Role != RoleUser || a.Home != "/" || !a.HasPassword || b.HasPassword || a.PasswordOnly || a.ID == b.ID {
		t.Errorf("%+v %+v", a, b)
	}
	if _, err := h.Create(t.Context(), NewAccount{Name: "ALICE"}); !errors.Is(err, ErrTaken) {
		t.Errorf("a name that differs only in case: %v", err)
	}
	if _, err := h.CreateDevice(t.Context(), NewDevice{Name: "Bob", Mask: access.Read}); !errors.Is(err, ErrTaken) {
		t.Errorf("a device with the name of an account: %v", err)
	}
	taken := "bob"
	if _, err := h.Update(t.Context(), a.ID, Change{Name: &taken}); !errors.Is(err, ErrTaken) {
		t.Errorf("%v", err)
	}

	h.in(pw("alice", "correct horse", home))
	name, role, homeAt := "Alicia", "editor of pictures", "/home/alicia/"
	h.clock.add(time.Hour)
	got, err := h.Update(t.Context(), a.ID, Change{Name: &name, Role: &role, Home: &homeAt})
	if err != nil || got.Name != name || got.Role != role || got.Home != "/home/alicia" || got.Settings != `{"theme":"dark"}` || !got.Changed.After(got.Created) {
		t.Errorf("%+v, %v", got, err)
	}
	h.refused(pw("alice", "correct horse", home), ErrWrong)
	if id := h.in(pw("alicia", "correct horse", home)); id.ID != a.ID {
		t.Errorf("%+v", id)
	}
	if found, err := h.Find(t.Context(), " ALICIA "); err != nil || found.ID != a.ID {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := h.Find(t.Context(), "alice"); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
	h.restart()
	list, err := h.List(t.Context())
	if err != nil || len(list) != 2 || list[0].Name != "Alicia" || list[1].Name != "bob" {
		t.Errorf("%+v, %v", list, err)
	}
	h.must(h.Delete(t.Context(), a.ID))
	if err := h.Delete(t.Context(), a.ID); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
	if _, err := h.Get(t.Context(), a.ID); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
	for _, err := range []error{h.SetPassword(t.Context(), a.ID, "x", false, ""), func() error { _, err := h.Reset(t.Context(), a.ID); return err }(), func() error { _, err := h.Update(t.Context(), a.ID, Change{}); return err }()} {
		if !errors.Is(err, ErrGone) {
			t.Errorf("%v", err)
		}
	}
}

func TestReset(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice", Password: "forgotten"})
	key := newKey(t)
	_, err := h.AddKey(t.Context(), a.ID, line(key))
	h.must(err)
	alice := h.in(byKey("alice", key))
	session := h.session(alice, SessionInfo{})
	token, _, err := h.CreateToken(t.Context(), alice, NewToken{Name: "x", Mask: access.Read})
	h.must(err)
	fresh, err := h.Reset(t.Context(), a.ID)
	if err != nil || len(fresh) != 19 || strings.Count(fresh, "-") != 3 {
		t.Fatalf("%q, %v", fresh, err)
	}
	for _, c := range []Credential{pw("alice", "forgotten", home), byKey("alice", key), cookie(session), bearer(token)} {
		h.refused(c, ErrWrong)
	}
	h.in(pw("alice", fresh, home))
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"alice": "alice", " Zoë ": "zoë", "ΝΙΚΟΣ": "νικοσ", "νικος": "νικοσ", "\u212aim": "kim", "a.b@c.de": "a.b@c.de", "Лев": "лев", "0": "0", "Zoe\u0308": "zoë", strings.Repeat("x", 64): strings.Repeat("x", 64),
	} {
		if _, folded, err := cleanName(name); err != nil || folded != want {
			t.Errorf("%q: %q, %v", name, folded, err)
		}
	}
	for _, name := range []string{
		"", " ", ".", "..", "*", "guest", "Owner", "everyone", "@staff", "-v", "a/b", `a\b`, "a:b", "a,b", "a\nb", "a\x00b",
		"a\u202eb", "a\u200bb", "a\u3164b", "a\ufe0fb", "a\u034fb", "a\u2800b", "\u0301a", "\xff", strings.Repeat("x", 65), "../../etc/passwd",
	} {
		if _, _, err := cleanName(name); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Keyboards and disks compose accents differently: it is the same name and the same password.
func TestSpellings(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "Zoe\u0308", Password: "tre\u0300s secret"})
	h.account(NewAccount{Name: "carl", Password: "only the\u0301", PasswordOnly: true})
	h.in(pw("zo\u00eb", "tr\u00e8s secret", home))
	h.in(pw("ZOE\u0308", "tre\u0300s secret", home))
	h.in(Credential{Kind: PasswordOnly, Secret: "only th\u00e9", Remote: home})
	if _, err := h.Create(t.Context(), NewAccount{Name: "ZO\u00cb", Password: "another one"}); !errors.Is(err, ErrTaken) {
		t.Errorf("a second one in another spelling: %v", err)
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"alice", "ALICE", "..", "a/b", "\u212a", "ǅ", "İ", "ß", "a\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		shown, folded, err := cleanName(name)
		if err != nil {
			return
		}
		if strings.ContainsAny(shown, "/\\:,\"\x00\n\r") || shown == ".." || shown == "." || !utf8.ValidString(shown) {
			t.Fatalf("%q became %q", name, shown)
		}
		if again, twice, err := cleanName(shown); err != nil || again != shown || twice != folded {
			t.Fatalf("%q became %q, which becomes %q, %q, %v", name, shown, again, twice, err)
		}
	})
}

func FuzzPrintable(f *testing.F) {
	f.Add("plain", 3)
	f.Add("\x1b[31mred\u202e\n", 100)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most &= 0xff
		out := Printable(text, most)
		if n := utf8.RuneCountInString(out); n > most+1 || !utf8.ValidString(out) || strings.ContainsAny(out, "\n\r\x1b\x00\u202e\u200b") {
			t.Fatalf("%q became %q", text, out)
		}
	})
}

func TestWeak(t *testing.T) {
	for secret, weak := range map[string]bool{
		"short": true, "Alice-the-great": true, "aaaaaaaaaaaa": true, "Password1": true, "correct horse": false, "日本語のパスワード": false,
	} {
		if got := Weak("alice-the-great", secret); (got != "") != weak {
			t.Errorf("%q: %q", secret, got)
		}
	}
}

func TestHash(t *testing.T) {
	h := newHouse(t)
	hash, err := h.Hash(t.Context(), "secret")
	h.must(err)
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("%s", hash)
	}
	again, err := h.Hash(t.Context(), "secret")
	if err != nil || again == hash {
		t.Errorf("no salt: %s, %v", again, err)
	}
	for _, c := range []struct {
		hash, secret string
		want         bool
	}{
		{hash, "secret", true}, {hash, "Secret", false}, {hash, "", false}, {"", "", false}, {"", "secret", false},
		{"$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAA$", "", false}, {hash[:len(hash)-1], "secret", false}, {hash + "A", "secret", false},
		// a vector of the reference program
		{"$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$Bo1ismRVk2qm6+YAYLCmWHDb+j3fjUH3", "password", true},
	} {
		if ok, err := h.Verify(t.Context(), c.hash, c.secret); ok != c.want || err != nil {
			t.Errorf("%q %q: %v, %v", c.hash, c.secret, ok, err)
		}
	}
	for _, secret := range []string{"", strings.Repeat("x", maxSecret+1), "a\x00b"} {
		if _, err := h.Hash(t.Context(), secret); !errors.Is(err, ErrSecret) {
			t.Errorf("%.20q: %v", secret, err)
		}
	}
}

func FuzzPHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=2$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g")
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$AAAA$AAAA")
	f.Add("$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePHC(text)
		if err != nil {
			return
		}
		if p.String() != text {
			t.Fatalf("%q reads as %q", text, p.String())
		}
		if c := p.cost; c.MemoryKiB > 1<<20 || c.Time > 16 || c.Threads > 16 || c.Time == 0 || c.Threads == 0 || len(p.salt) < 8 || len(p.hash) < 16 {
			t.Fatalf("a cost that stops this computer: %+v", c)
		}
	})
}

func FuzzIsToken(f *testing.F) {
	f.Add(newToken(TokenPrefix))
	f.Add("a_b")
	f.Fuzz(func(t *testing.T, s string) {
		if IsToken(s) && (len(s) < 35 || len(s) > 45 || !strings.Contains(s, "_")) {
			t.Fatal(fmt.Sprintf("%q", s))
		}
	})
}
