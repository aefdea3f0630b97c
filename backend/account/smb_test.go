package account

import (
	"encoding/hex"
	"errors"
	"testing"
)

// TestHashNT: vectors of MS-NLMP section 4.2.2.1.2 and of common use.
func TestHashNT(t *testing.T) {
	for password, want := range map[string]string{
		"Password": "a4f49c406510bdcab6824ee7c30fd852",
		"":         "31d6cfe0d16ae931b73c59d7e0c089c0",
	} {
		if h := HashNT(password); hex.EncodeToString(h[:]) != want {
			t.Errorf("%q: %x, want %s", password, h, want)
		}
	}
}

// TestSMBLogins: a password for SMB is told once, is another one than that of the account, and ends with
// it, with its account, and when somebody comes back in by Reset.
func TestSMBLogins(t *testing.T) {
	a := newHouse(t)
	ctx := t.Context()
	ann, err := a.Create(ctx, NewAccount{Name: "Ann", Password: "ann-password"})
	if err != nil {
		t.Fatal(err)
	}
	logins := func() []SMBLogin {
		t.Helper()
		list, err := a.SMBLogins(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if l := logins(); len(l) != 0 {
		t.Errorf("before any: %v", l)
	}
	for name, end := range map[string]func() error{
		"taken away": func() error { return a.DropSMB(ctx, ann.ID) },
		"reset":      func() error { _, err := a.Reset(ctx, ann.ID); return err },
		"disabled": func() error {
			yes := true
			_, err := a.Update(ctx, ann.ID, Change{Disabled: &yes})
			return err
		},
	} {
		no := false
		if _, err := a.Update(ctx, ann.ID, Change{Disabled: &no}); err != nil {
			t.Fatal(err)
		}
		password, err := a.SetSMB(ctx, ann.ID)
		if err != nil {
			t.Fatal(err)
		}
		if l := logins(); len(l) != 1 || l[0] != (SMBLogin{ID: ann.ID, Name: "Ann", Hash: HashNT(password)}) || len(password) < 16 {
			t.Errorf("%s: %v, %q", name, l, password)
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if l := logins(); len(l) != 0 {
			t.Errorf("%s: %v", name, l)
		}
	}
	if _, err := a.SetSMB(ctx, "nobody"); !errors.Is(err, ErrGone) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := a.Give(ctx, "bob", "bob-password"); err != nil {
		t.Fatal(err)
	}
	if l := logins(); len(l) != 1 || l[0].Name != "bob" || l[0].Hash != HashNT("bob-password") {
		t.Errorf("given: %v", l)
	}
	if _, err := a.SetSMB(ctx, "given:bob"); !errors.Is(err, ErrGiven) {
		t.Errorf("given: %v", err)
	}
}

// TestMissed: wrong passwords that another program judged make the guesser wait, too.
func TestMissed(t *testing.T) {
	a := newHouse(t)
	c := Credential{Name: "ann", Remote: "192.168.1.9", Door: "smb"}
	for range 5 {
		if wait := a.Missed(t.Context(), c); wait != 0 {
			t.Fatalf("waits %v too soon", wait)
		}
	}
	if a.Missed(t.Context(), c) == 0 || a.Wait("192.168.1.9") == 0 {
		t.Error("nobody waits")
	}
	if a.Wait("192.168.1.10") != 0 {
		t.Error("somebody else waits")
	}
}
