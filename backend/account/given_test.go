package account

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"portico/backend/access"
)

func (h *house) give(name, password string, groups ...string) string {
	h.t.Helper()
	warning, err := h.Give(h.t.Context(), name, password, groups...)
	h.must(err)
	return warning
}

func TestGiven(t *testing.T) {
	h := newHouse(t)
	if w := h.give("Alice", "correct horse battery", "lab"); w != "" {
		t.Errorf("%q", w)
	}
	if w := h.give("bob", "bob"); !strings.Contains(w, "bob has its own name as password") {
		t.Errorf("%q", w)
	}
	id := h.in(pw("alice", "correct horse battery", home))
	if id.Kind != access.Account || id.Name != "Alice" || id.ID != "given:alice" || fmt.Sprint(id.Groups) != "[lab]" || id.Admin {
		t.Errorf("%+v", id)
	}
	if got := h.in(Credential{Kind: PasswordOnly, Secret: "bob", Remote: home}); got.ID != "given:bob" {
		t.Errorf("%+v", got)
	}
	h.refused(pw("alice", "bob", home), ErrWrong)
	h.refused(Credential{Kind: PasswordOnly, Secret: "alice", Remote: home}, ErrWrong)
	if now, err := h.Present(t.Context(), id); err != nil || now.ID != id.ID {
		t.Errorf("%+v, %v", now, err)
	}
	list, err := h.List(t.Context())
	if err != nil || len(list) != 2 || !list[0].Given || list[0].Name != "Alice" {
		t.Errorf("%+v, %v", list, err)
	}
	for _, secret := range []string{"correct horse battery", "$argon2id$"} {
		if inDatabase(t, h.dir, secret) {
			t.Errorf("%q is in the database", secret)
		}
	}
}

func TestGivenCannotBeChanged(t *testing.T) {
	h := newHouse(t)
	h.give("alice", "correct horse battery")
	h.account(NewAccount{Name: "carl"})
	id := "given:alice"
	_, update := h.Update(t.Context(), id, Change{})
	_, reset := h.Reset(t.Context(), id)
	_, key := h.AddKey(t.Context(), id, line(newKey(t)))
	for say, err := range map[string]error{
		"update": update, "reset": reset, "key": key,
		"password": h.SetPassword(t.Context(), id, "x", false, ""), "delete": h.Delete(t.Context(), id),
	} {
		if !errors.Is(err, ErrGiven) {
			t.Errorf("%s: %v", say, err)
		}
	}
	name := "ALICE"
	_, create := h.Create(t.Context(), NewAccount{Name: name})
	carl, err := h.Find(t.Context(), "carl")
	h.must(err)
	_, rename := h.Update(t.Context(), carl.ID, Change{Name: &name})
	_, again := h.Give(t.Context(), name, "x")
	_, stored := h.Give(t.Context(), "Carl", "x")
	for say, err := range map[string]error{"create": create, "rename": rename, "give again": again, "give a stored one": stored} {
		if !errors.Is(err, ErrTaken) {
			t.Errorf("%s: %v", say, err)
		}
	}
	for _, bad := range [][2]string{{"", "x"}, {"a:b", "x"}, {"dora", ""}, {"*", "x"}} {
		if _, err := h.Give(t.Context(), bad[0], bad[1]); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// TestGivenAfterRestart: with the same password sessions and tokens go on, with another one they
// end, and so they do when the account is not given any more.
func TestGivenAfterRestart(t *testing.T) {
	h := newHouse(t)
	h.give("alice", "correct horse battery")
	alice := h.in(pw("alice", "correct horse battery", home))
	session := h.session(alice, SessionInfo{})
	token, _, err := h.CreateToken(t.Context(), alice, NewToken{Name: "x", Mask: access.Read})
	h.must(err)

	h.restart()
	h.refused(cookie(session), ErrWrong)
	h.refused(bearer(token), ErrWrong)
	h.give("alice", "correct horse battery")
	h.in(cookie(session))
	id := h.in(bearer(token))

	h.restart()
	h.give("alice", "somebody else's")
	h.refused(cookie(session), ErrWrong)
	h.refused(bearer(token), ErrWrong)
	if _, err := h.Present(t.Context(), id); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
}

func TestGivenWithOnePassword(t *testing.T) {
	h := newHouse(t)
	h.give("alice", "the same for both")
	if w := h.give("bob", "the same for both"); !strings.Contains(w, "alice and bob have the same password") {
		t.Errorf("%q", w)
	}
	h.refused(Credential{Kind: PasswordOnly, Secret: "the same for both", Remote: home}, ErrWrong)
	if id := h.in(pw("bob", "the same for both", home)); id.Name != "bob" {
		t.Errorf("%+v", id)
	}
}

// TestGivenDoesNotHoldUpTheStart gives twenty accounts while no hash gets done.
func TestGivenDoesNotHoldUpTheStart(t *testing.T) {
	h := newHouse(t)
	h.givenHash.Lock() // no hash gets done
	for i := range 20 {
		h.give(fmt.Sprint("user", i), "correct horse battery")
	}
	h.givenHash.Unlock()
	h.in(pw("user19", "correct horse battery", home)) // waits for its own hash
}
