package entry_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/netip"
	"testing"

	"golang.org/x/crypto/ssh"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/protocoltest"
	"portico/backend/share"
	"portico/backend/vfs"
)

var from = entry.Client{Door: "ftp", Remote: netip.MustParseAddr("192.168.1.7"), Name: "scanner"}

func newEntry(h *protocoltest.House) *entry.Entry {
	return entry.New(entry.Options{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})
}

// TestPassword: the same name and password open the same at every door.
func TestPassword(t *testing.T) {
	h := protocoltest.NewHouse(t)
	open := h.Share(share.NewShare{Path: "/files"})
	closed := h.Share(share.NewShare{Path: "/files", Password: "open sesame"})
	alice := protocoltest.Alice
	for _, c := range []struct {
		name, secret string
		kind         access.Kind
		wrong        bool
	}{
		{alice, protocoltest.Password(alice), access.Account, false},
		{"ALICE", protocoltest.Password(alice), access.Account, false},
		{alice, "guess", 0, true},
		{alice, "", 0, true},
		{"nobody", "guess", 0, true},
		{"", "", 0, true},
		{"anonymous", "me@example.org", access.Guest, false},
		{"FTP", "", access.Guest, false},
		{"s." + open, "", access.Link, false},
		{"S." + open, "whatever", access.Link, false},
		{"s." + closed, "open sesame", access.Link, false},
		{"s." + closed, "", 0, true},
		{"s." + closed, "guess", 0, true},
		{"s.none", "", 0, true},
		{"s.", "", 0, true},
		{"s.../etc", "", 0, true},
	} {
		id, err := newEntry(h).Password(t.Context(), c.name, c.secret, from)
		if c.wrong != errors.Is(err, account.ErrWrong) || !c.wrong && (err != nil || id.Kind != c.kind) {
			t.Errorf("%q with %q: %v, %v; want kind %v, wrong %v", c.name, c.secret, id, err, c.kind, c.wrong)
		}
	}
}

// TestNamesOfAccountsComeFirst: an instrument that can only sign in as "ftp" gets its own account, and
// guests cannot come by that name then.
func TestNamesOfAccountsComeFirst(t *testing.T) {
	h := protocoltest.NewHouse(t)
	if _, err := h.Accounts.Give(t.Context(), "ftp", "scanner-password"); err != nil {
		t.Fatal(err)
	}
	id, err := newEntry(h).Password(t.Context(), "ftp", "scanner-password", from)
	if err != nil || id.Kind != access.Account {
		t.Errorf("the account: %v, %v", id, err)
	}
	if id, err := newEntry(h).Password(t.Context(), "ftp", "", from); !errors.Is(err, account.ErrWrong) {
		t.Errorf("a guest by the account's name: %v, %v", id, err)
	}
}

// TestGuestsWithoutRights: where guests may do nothing, nobody comes in without a secret.
func TestGuestsWithoutRights(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Regrant(func(g access.Grant) bool { return g.Who == protocoltest.Person(protocoltest.Alice) })
	if id, err := newEntry(h).Password(t.Context(), "anonymous", "", from); !errors.Is(err, account.ErrWrong) {
		t.Errorf("%v, %v", id, err)
	}
}

// TestKey: a key belongs to one name.
func TestKey(t *testing.T) {
	h := protocoltest.NewHouse(t)
	kim, err := h.Accounts.Create(t.Context(), account.NewAccount{Name: "kim", Password: "kim-password"})
	if err != nil {
		t.Fatal(err)
	}
	public, _, _ := ed25519.GenerateKey(rand.Reader)
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Accounts.AddKey(t.Context(), kim.ID, string(ssh.MarshalAuthorizedKey(key))); err != nil {
		t.Fatal(err)
	}
	if id, err := newEntry(h).Key(t.Context(), "kim", key.Marshal(), from); err != nil || id.ID != kim.ID {
		t.Errorf("kim: %v, %v", id, err)
	}
	if id, err := newEntry(h).Key(t.Context(), protocoltest.Alice, key.Marshal(), from); !errors.Is(err, account.ErrWrong) {
		t.Errorf("alice by kim's key: %v, %v", id, err)
	}
}

// TestVisitorsAreApart: two guests are two people, also from one address.
func TestVisitorsAreApart(t *testing.T) {
	h := protocoltest.NewHouse(t)
	e := newEntry(h)
	id, err := e.Guest()
	if err != nil {
		t.Fatal(err)
	}
	one, start := e.Session(t.Context(), id, from)
	defer one.Close()
	two, _ := e.Session(t.Context(), id, from)
	defer two.Close()
	if a, b := one.Origin(), two.Origin(); a.Visit == "" || a.Visit == b.Visit || a.Remote != "192.168.1.7" || start != "/" {
		t.Errorf("%+v and %+v from %q", a, b, start)
	}
}

// TestIntroduced: who says late what it is stays who it is, and gets nothing back that was taken away.
func TestIntroduced(t *testing.T) {
	h := protocoltest.NewHouse(t)
	e := newEntry(h)
	id, err := e.Guest()
	if err != nil {
		t.Fatal(err)
	}
	was, _ := e.Session(t.Context(), id, from)
	now := e.Introduced(t.Context(), was, "Camera/2")
	want := was.Origin()
	if want.Client = "Camera/2"; now.Origin() != want || now.Identity().Kind != id.Kind {
		t.Errorf("%+v, want %+v", now.Origin(), want)
	}
	if _, err := was.Stat("/"); !errors.Is(err, vfs.ErrClosed) {
		t.Errorf("the first session: %v", err)
	}
	now.Close()
	if s := e.Introduced(t.Context(), now, "Other/1"); s != now {
		t.Error("a session that had ended goes on")
	}
}

// TestNamed: whoever a place stands for comes to that one's home, and to nothing beside it.
func TestNamed(t *testing.T) {
	h := protocoltest.NewHouse(t)
	e := newEntry(h)
	kim, err := h.Accounts.Create(t.Context(), account.NewAccount{Name: "kim", Password: "kim-password", Home: "/files/bench"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := e.Named(t.Context(), "Kim")
	if err != nil || id.ID != kim.ID || id.Root != "/files/bench" {
		t.Errorf("%+v, %v", id, err)
	}
	s, start := e.Session(t.Context(), id, entry.Client{Alone: true})
	defer s.Close()
	if start != "/" || !s.Origin().Committed {
		t.Errorf("begins at %q, %+v", start, s.Origin())
	}
	if id, err := e.Named(t.Context(), "nobody"); !errors.Is(err, account.ErrGone) {
		t.Errorf("nobody: %+v, %v", id, err)
	}
	off := true
	if _, err := h.Accounts.Update(t.Context(), kim.ID, account.Change{Disabled: &off}); err != nil {
		t.Fatal(err)
	}
	if id, err := e.Named(t.Context(), "kim"); !errors.Is(err, account.ErrDisabled) {
		t.Errorf("kept out: %+v, %v", id, err)
	}
}

// TestAsked: who has to be let in first is told so, whatever the password of the share; the answer is about
// the address, at every door.
func TestAsked(t *testing.T) {
	h := protocoltest.NewHouse(t)
	e, name := newEntry(h), "s."+h.Share(share.NewShare{Path: "/files", Password: "open sesame", Ask: true})
	if _, err := e.Password(t.Context(), name, "guess", from); !errors.Is(err, account.ErrWrong) {
		t.Errorf("a wrong password: %v", err)
	}
	if _, err := e.Password(t.Context(), name, "open sesame", from); !errors.Is(err, share.ErrAsked) {
		t.Errorf("%v", err)
	}
	waiting, err := h.Shares.Asking(t.Context(), account.Owner())
	if err != nil || len(waiting) != 1 || waiting[0].Door != "ftp" || waiting[0].Client != "scanner" || !waiting[0].Program {
		t.Fatalf("%+v, %v", waiting, err)
	}
	if err := h.Shares.Admit(t.Context(), account.Owner(), waiting[0].ID, true, false); err != nil {
		t.Fatal(err)
	}
	sftp := from
	sftp.Door, sftp.Name = "sftp", "another program"
	for _, c := range []entry.Client{from, sftp} {
		if id, err := e.Password(t.Context(), name, "open sesame", c); err != nil || id.Kind != access.Link {
			t.Errorf("%s: %v, %v", c.Door, id, err)
		}
	}
	sftp.Remote = netip.MustParseAddr("192.168.1.8")
	if _, err := e.Password(t.Context(), name, "open sesame", sftp); !errors.Is(err, share.ErrAsked) {
		t.Errorf("another address: %v", err)
	}
}

// TestOnly: where one account alone may come, nobody else does, by whatever they show, and guesses are not
// even looked at.
func TestOnly(t *testing.T) {
	h := protocoltest.NewHouse(t)
	e, only := newEntry(h), from
	only.Only = "Alice"
	alice, bob := protocoltest.Alice, protocoltest.Bob
	list, err := h.Accounts.Find(t.Context(), bob)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := h.Accounts.CreateToken(t.Context(), access.Identity{Kind: list.Kind, ID: list.ID}, account.NewToken{Name: "script", Mask: access.Read})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, secret string
		in           bool
	}{
		{alice, protocoltest.Password(alice), true},
		{"ALICE", protocoltest.Password(alice), true},
		{bob, protocoltest.Password(bob), false},
		{alice, token, false}, // bob's
		{"anonymous", "", false},
		{"s." + h.Share(share.NewShare{Path: "/files"}), "", false},
		{"", "", false},
	} {
		id, err := e.Password(t.Context(), c.name, c.secret, only)
		if c.in != (err == nil) || !c.in && !errors.Is(err, entry.ErrOnly) {
			t.Errorf("%q: %v, %v", c.name, id, err)
		}
	}
	only.Only = "nobody"
	if id, err := e.Password(t.Context(), alice, protocoltest.Password(alice), only); !errors.Is(err, entry.ErrOnly) {
		t.Errorf("the account is gone: %v, %v", id, err)
	}
}

// TestPlaces: of several networks the narrowest counts, however an address is written.
func TestPlaces(t *testing.T) {
	p := entry.Places{
		netip.MustParsePrefix("10.0.0.0/8"): "bench", netip.MustParsePrefix("10.0.0.7/32"): "microscope", netip.MustParsePrefix("fe80::/10"): "scanner",
	}
	for at, want := range map[string]string{"10.0.0.7": "microscope", "::ffff:10.0.0.7": "microscope", "10.9.9.9": "bench", "fe80::1%eth0": "scanner", "192.168.1.1": ""} {
		if got, known := p.At(netip.MustParseAddr(at)); got != want || known != (want != "") {
			t.Errorf("%s: %q, %v", at, got, known)
		}
	}
}

// TestTooLate: who was let in, and has lost that before the session began, has none; whoever is kept to a
// home is who they were.
func TestTooLate(t *testing.T) {
	h := protocoltest.NewHouse(t)
	e := newEntry(h)
	a, err := h.Accounts.Create(t.Context(), account.NewAccount{Name: "carol", Password: "correct horse", Home: "/files"})
	if err != nil {
		t.Fatal(err)
	}
	begins := func(id access.Identity) bool {
		s, _ := e.Session(t.Context(), id, from)
		defer s.Close()
		select {
		case <-s.Done():
			return false
		default:
			return true
		}
	}
	whole, err := e.Password(t.Context(), "carol", "correct horse", from)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := e.Named(t.Context(), "carol")
	if err != nil || kept.Root != "/files" {
		t.Fatalf("%+v, %v", kept, err)
	}
	guest := account.Guest()
	for _, id := range []access.Identity{whole, kept, guest} {
		if !begins(id) {
			t.Errorf("%+v does not come in", id)
		}
	}
	off := true
	if _, err := h.Accounts.Update(t.Context(), a.ID, account.Change{Disabled: &off}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []access.Identity{whole, kept} {
		if begins(id) {
			t.Errorf("%+v came in", id)
		}
	}
	if !begins(guest) {
		t.Error("a guest does not come in any more")
	}
}
