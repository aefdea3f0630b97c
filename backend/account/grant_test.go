package account

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"portico/backend/access"
)

func subject(id string) access.Subject { return access.Subject{Kind: access.Account, ID: id} }

func TestPolicy(t *testing.T) {
	nodes := map[int64]string{1: "/projects/x"}
	unserved := false
	h := newHouse(t, func(o *Options) {
		o.NodePath = func(_ context.Context, node int64) (string, error) {
			if unserved {
				return "", errors.New("the volume is not served")
			}
			if path, ok := nodes[node]; ok {
				return path, nil
			}
			return "", fs.ErrNotExist
		}
	})
	a := h.account(NewAccount{Name: "alice", Groups: []string{"lab"}})
	b := h.account(NewAccount{Name: "bob"})
	h.give("carl", "correct horse battery")
	carl, err := h.Subject(t.Context(), "carl")
	h.must(err)
	everyone, err := h.Subject(t.Context(), "*")
	h.must(err)
	extra := []access.Grant{
		{Path: "/projects", Who: everyone, Rights: access.Read},
		{Path: "/projects", Who: carl, Rights: access.Write},
	}
	rights := func(name, path string) access.Right {
		t.Helper()
		p, err := h.Policy(t.Context(), extra)
		h.must(err)
		found, err := h.Find(t.Context(), name)
		h.must(err)
		id, err := h.Present(t.Context(), access.Identity{Kind: found.Kind, ID: found.ID})
		h.must(err)
		return p.Rights(id, path)
	}
	expect := func(say, name, path string, want access.Right) {
		t.Helper()
		if got := rights(name, path); got != want {
			t.Errorf("%s: %s has %q at %s, want %q", say, name, got, path, want)
		}
	}
	expect("configuration", "carl", "/projects/x/f", access.Read|access.Write)
	bumps := h.bumps
	list := []access.Grant{{Who: subject(a.ID), Rights: access.Full}, {Who: access.Subject{Group: "lab"}, Rights: access.Admin}, {Who: subject(b.ID), Rights: access.Get}}
	h.must(h.SetList(t.Context(), Owner(), Place{Volume: "projects", Node: 1, Path: "/projects/x"}, list))
	h.must(h.SetList(t.Context(), Owner(), Place{Volume: "projects", Path: "projects/"}, []access.Grant{{Who: subject(b.ID), Rights: access.Delete}}))
	if h.bumps != bumps+2 {
		t.Errorf("told %d times", h.bumps-bumps)
	}
	h.restart()
	h.give("carl", "correct horse battery")
	expect("a list of its own", "alice", "/projects/x/f", access.Full|access.Admin)
	expect("decides alone", "carl", "/projects/x/f", 0)
	expect("stored and configured add up", "bob", "/projects/y", access.Read|access.Delete)

	nodes[1] = "/elsewhere/z"
	expect("the list moved", "alice", "/elsewhere/z/f", access.Full|access.Admin)
	expect("and left", "alice", "/projects/x/f", access.Read)

	unserved = true
	expect("not served: nobody gets anything", "alice", "/projects/x/f", 0)
	expect("not served: nobody gets in", "carl", "/projects/x/f", 0)
	expect("not served: the rest is as it was", "carl", "/projects/y", access.Read|access.Write)
	unserved = false

	h.must(h.Delete(t.Context(), a.ID))
	expect("others stay", "bob", "/elsewhere/z/f", access.Get)
	h.must(h.Delete(t.Context(), b.ID))
	expect("whose list empties does not open up", "carl", "/elsewhere/z/f", 0)
	nodes[1] = "/projects/z"
	expect("nor does it below what is open", "carl", "/projects/z/f", 0)

	lists, err := h.Lists(t.Context())
	if err != nil || len(lists) != 2 || lists[1].Now != "/projects/z" || lists[1].Path != "/projects/x" || lists[1].By != "this computer" {
		t.Fatalf("%+v, %v", lists, err)
	}
	h.must(h.SetList(t.Context(), Owner(), lists[1].Place, nil))
	expect("without a list", "carl", "/projects/z/f", access.Read|access.Write)

	h.must(h.SetList(t.Context(), Owner(), Place{Volume: "projects", Node: 2, Path: "/gone"}, []access.Grant{{Who: everyone, Rights: access.Full}}))
	expect("a folder that is gone", "carl", "/gone", 0)
	if lists, err = h.Lists(t.Context()); err != nil || len(lists) != 2 || !lists[0].Gone {
		t.Errorf("%+v, %v", lists, err)
	}
}

func TestListsThatCannotBe(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice"})
	for say, list := range map[string][]access.Grant{
		"nobody":         {{Who: subject("nobody"), Rights: access.Read}},
		"twice":          {{Who: subject(a.ID), Rights: access.Read}, {Who: subject(a.ID), Rights: access.Write}},
		"a device":       {{Who: access.Subject{Kind: access.Device, ID: a.ID}, Rights: access.Read}},
		"a link":         {{Who: access.Subject{Kind: access.Link, ID: "x"}, Rights: access.Read}},
		"a named guest":  {{Who: access.Subject{Kind: access.Guest, ID: "x"}, Rights: access.Read}},
		"a broken group": {{Who: access.Subject{Group: "a\nb"}, Rights: access.Read}},
	} {
		if err := h.SetList(t.Context(), Owner(), Place{Volume: "v", Path: "/v"}, append(list, access.Grant{Rights: access.Get})); err == nil {
			t.Errorf("%s: taken", say)
		}
		if lists, err := h.Lists(t.Context()); err != nil || len(lists) != 0 {
			t.Fatalf("%s: left behind %+v, %v", say, lists, err)
		}
	}
}

func TestSubject(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice"})
	for text, want := range map[string]access.Subject{
		"*": {Kind: access.Guest}, "@acct": {Kind: access.Account}, "@lab": {Group: "lab"}, "Alice": subject(a.ID),
	} {
		if got, err := h.Subject(t.Context(), text); got != want || err != nil {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	if _, err := h.Subject(t.Context(), "nobody"); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
	if _, err := h.Subject(t.Context(), "@"); !errors.Is(err, ErrName) {
		t.Errorf("%v", err)
	}
}

func TestKeyring(t *testing.T) {
	h := newHouse(t)
	one, err := h.Key(t.Context(), "tickets")
	if err != nil || len(one) != 32 {
		t.Fatalf("%d bytes, %v", len(one), err)
	}
	other, err := h.Key(t.Context(), "others")
	if err != nil || string(other) == string(one) {
		t.Errorf("%v", err)
	}
	h.restart()
	if again, err := h.Key(t.Context(), "tickets"); err != nil || string(again) != string(one) {
		t.Errorf("%v", err)
	}
}
