package account

import (
	"context"
	"errors"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/event"
)

func cookie(secret string) Credential {
	return Credential{Kind: Session, Secret: secret, Remote: home, Door: "http"}
}

func (h *house) session(id access.Identity, about SessionInfo) string {
	h.t.Helper()
	secret, err := h.StartSession(h.t.Context(), id, about)
	h.must(err)
	return secret
}

func TestSession(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "alice", Password: "correct horse", Groups: []string{"lab"}})
	alice := h.in(pw("alice", "correct horse", home))
	one := h.session(alice, SessionInfo{Remote: home, Door: "http", Client: "Phone\x1b[31m"})
	h.clock.add(time.Minute)
	two := h.session(alice, SessionInfo{Remote: away, Door: "http", Client: "Laptop"})
	if one == two || len(one) < 43 {
		t.Fatalf("%q %q", one, two)
	}
	if got := h.in(cookie(one)); !got.Is(alice) || len(got.Groups) != 1 {
		t.Errorf("%+v", got)
	}
	h.restart()
	h.in(cookie(one))
	list, err := h.Sessions(t.Context(), alice)
	if err != nil || len(list) != 2 || list[0].Client != "Laptop" || list[1].Client != "Phone[31m" || list[0].Remote != away {
		t.Fatalf("%+v, %v", list, err)
	}
	if mine, err := h.SessionOf(t.Context(), two); err != nil || mine.ID != list[0].ID {
		t.Errorf("%+v, %v", mine, err)
	}

	// Somebody else cannot end it.
	h.account(NewAccount{Name: "bob", Password: "x"})
	bob := h.in(pw("bob", "x", home))
	if err := h.EndSessionByID(t.Context(), bob, list[0].ID); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
	h.must(h.EndSessionByID(t.Context(), alice, list[0].ID))
	h.refused(cookie(two), ErrWrong)
	h.in(cookie(one))
	h.must(h.EndSession(t.Context(), one))
	h.must(h.EndSession(t.Context(), one))
	h.refused(cookie(one), ErrWrong)
	if got := h.events(event.SignedOut); len(got) != 2 || got[0].Name != "alice" {
		t.Errorf("%+v", got)
	}
}

func TestSessionEnds(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "alice", Password: "correct horse"})
	alice := h.in(pw("alice", "correct horse", home))
	idle := h.session(alice, SessionInfo{})
	busy := h.session(alice, SessionInfo{})
	fixed := h.session(alice, SessionInfo{For: 24 * time.Hour})

	h.clock.add(24*time.Hour - 1)
	h.in(cookie(fixed))
	h.clock.add(1)
	h.refused(cookie(fixed), ErrWrong)
	days := 1
	for ; days < 29; days++ {
		h.clock.add(24 * time.Hour)
		h.in(cookie(busy))
	}
	h.clock.add(24 * time.Hour)
	h.refused(cookie(idle), ErrWrong)
	for ; days < 363; days++ {
		h.clock.add(24 * time.Hour)
		h.in(cookie(busy))
	}
	h.clock.add(2 * 24 * time.Hour)
	h.refused(cookie(busy), ErrWrong)
	if list, err := h.Sessions(t.Context(), alice); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestSessionsAreBounded(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "alice", Password: "correct horse"})
	alice := h.in(pw("alice", "correct horse", home))
	oldest := h.session(alice, SessionInfo{})
	var newest string
	for range sessionsEach {
		h.clock.add(time.Second)
		newest = h.session(alice, SessionInfo{})
	}
	if list, err := h.Sessions(t.Context(), alice); err != nil || len(list) != sessionsEach {
		t.Errorf("%d sessions, %v", len(list), err)
	}
	h.refused(cookie(oldest), ErrWrong)
	h.in(cookie(newest))
	if n, err := h.EndSessions(t.Context(), alice, ""); n != sessionsEach || err != nil {
		t.Errorf("%d ended, %v", n, err)
	}
	h.refused(cookie(newest), ErrWrong)
}

func TestWhoHasNoSessions(t *testing.T) {
	h := newHouse(t)
	owner := Owner()
	for _, id := range []access.Identity{
		Guest(),
		{Kind: access.Link, ID: "x", Behind: &owner, Root: "/", Mask: access.Read},
		{Kind: access.Token, ID: "x", Behind: &owner, Mask: access.Read},
		{Kind: access.Account, ID: "nobody"},
		{Kind: access.Device, ID: "nobody"},
	} {
		if _, err := h.StartSession(t.Context(), id, SessionInfo{}); err == nil {
			t.Errorf("%v has a session", id)
		}
	}
	secret := h.session(owner, SessionInfo{})
	if id := h.in(cookie(secret)); id.Kind != access.Owner {
		t.Errorf("%v", id)
	}
}

// The incidents of other products, each with a test of its own.

// filebrowser#5216: self-contained sessions survived logout and change of password.
func TestIncidentSessionsOutliveLogoutAndPasswordChange(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice", Password: "correct horse"})
	alice := h.in(pw("alice", "correct horse", home))
	here, there := h.session(alice, SessionInfo{}), h.session(alice, SessionInfo{})
	mine, err := h.SessionOf(t.Context(), here)
	h.must(err)
	h.must(h.SetPassword(t.Context(), a.ID, "battery staple", false, mine.ID))
	h.refused(cookie(there), ErrWrong)
	h.in(cookie(here)) // where it was changed
	h.must(h.EndSession(t.Context(), here))
	h.refused(cookie(here), ErrWrong)
	h.restart()
	h.refused(cookie(here), ErrWrong)
}

// SFTPGo CVE-2024-52801: predictable cookie ids. Secrets are random and only their digests are kept.
func TestIncidentPredictableSessionSecrets(t *testing.T) {
	h := newHouse(t)
	seen := map[string]bool{}
	for range 50 {
		s := h.session(Owner(), SessionInfo{})
		for i := 0; i+16 <= len(s); i++ {
			if seen[s[i:i+16]] {
				t.Fatalf("%q repeats a part of another", s)
			}
			seen[s[i:i+16]] = true
		}
		if inDatabase(t, h.dir, s) {
			t.Fatal("the secret of a session is in the database")
		}
	}
}

// SFTPGo CVE-2024-37897: an account that may not sign in got back in by resetting its password.
func TestIncidentDisabledAccountResetsPassword(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice", Password: "correct horse"})
	alice := h.in(pw("alice", "correct horse", home))
	session := h.session(alice, SessionInfo{})
	token, _, err := h.CreateToken(t.Context(), alice, NewToken{Name: "t", Mask: access.Read})
	h.must(err)
	yes := true
	_, err = h.Update(t.Context(), a.ID, Change{Disabled: &yes})
	h.must(err)
	h.refused(cookie(session), ErrWrong)
	h.refused(Credential{Kind: Token, Secret: token}, ErrDisabled)
	if _, err := h.StartSession(t.Context(), alice, SessionInfo{}); !errors.Is(err, ErrDisabled) {
		t.Errorf("an identity from before got a session: %v", err)
	}
	if _, _, err := h.CreateToken(t.Context(), alice, NewToken{Name: "t", Mask: access.Read}); !errors.Is(err, ErrDisabled) {
		t.Errorf("an identity from before got a token: %v", err)
	}
	fresh, err := h.Reset(t.Context(), a.ID)
	h.must(err)
	h.refused(pw("alice", fresh, home), ErrDisabled)
	if _, err := h.Present(t.Context(), alice); !errors.Is(err, ErrDisabled) {
		t.Errorf("%v", err)
	}
}

// A session made over TLS is of no use to whoever got hold of it on plain HTTP (core.md, credentials).
func TestIncidentSecureSessionOnPlainHTTP(t *testing.T) {
	h := newHouse(t)
	secret := h.session(Owner(), SessionInfo{Secure: true})
	h.refused(cookie(secret), ErrWrong)
	c := cookie(secret)
	c.Secure = true
	h.in(c)
	plain := cookie(h.session(Owner(), SessionInfo{}))
	plain.Secure = true
	h.in(plain)
}

// A change of groups, role or name holds for sessions that are open.
func TestIncidentStaleGroups(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice", Password: "x", Groups: []string{"editors"}, Role: RoleAdmin})
	alice := h.in(pw("alice", "x", home))
	secret := h.session(alice, SessionInfo{})
	none, user := []string{}, "user"
	bumps := h.bumps
	_, err := h.Update(t.Context(), a.ID, Change{Groups: &none, Role: &user})
	h.must(err)
	if h.bumps == bumps {
		t.Error("nobody was told")
	}
	for _, id := range []access.Identity{h.in(cookie(secret)), h.in(pw("alice", "x", home))} {
		if len(id.Groups) != 0 || id.Admin {
			t.Errorf("%+v", id)
		}
	}
	if now, err := h.Present(context.Background(), alice); err != nil || len(now.Groups) != 0 || now.Admin {
		t.Errorf("%+v, %v", now, err)
	}
}
