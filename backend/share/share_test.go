package share

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/event"
)

var owner = account.Owner()

func TestTheSafeShare(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos/"})
	if len(s.Key) != 8 || s.Title != "photos" || s.Preset != View || s.Mask != access.Read|access.Get || s.Public ||
		s.HasPassword || !s.Expires.IsZero() || s.State != Open || s.Path != "/photos" || s.By.Kind != access.Owner {
		t.Errorf("%+v", s)
	}
	id, seen, _ := h.open(strings.ToUpper(s.Key), phone)
	if id.Kind != access.Link || id.ID != s.ID || id.Root != "/photos" || id.Only != "" || id.Behind == nil ||
		id.Behind.Kind != access.Owner || id.Mask != s.Mask || id.Name != "link “photos”" || seen.Title != "photos" || seen.Uses != 1 {
		t.Errorf("%+v %+v", id, seen)
	}
	if got := h.policy().Rights(id, "/photos/x"); got != access.Read|access.Get {
		t.Errorf("%q", got)
	}
	h.refused(s.Key, from("203.0.113.9"), ErrNone)
	h.refused("", phone, ErrNone)
	h.refused("nosuchkey", phone, ErrNone)
	h.refused("../../etc", phone, ErrNone)
	if made := h.events(event.Shared); len(made) != 1 || made[0].Path != "/photos" || made[0].Identity != "owner:" || made[0].Text != "photos" {
		t.Errorf("%+v", made)
	}
	if opened := h.events(event.Opened); len(opened) != 1 || opened[0].Remote != "192.168.1.30" || opened[0].Identity != "link:"+s.ID {
		t.Errorf("%+v", opened)
	}
	for _, kind := range []event.Kind{event.Shared, event.Opened, event.Wrong} {
		for _, e := range h.events(kind) {
			if strings.Contains(strings.ToLower(e.Text+e.Path+e.Name+e.Client), s.Key) {
				t.Errorf("the key is in the log: %+v", e)
			}
		}
	}
}

func TestPresets(t *testing.T) {
	h := newHouse(t)
	for preset, want := range map[Preset]access.Right{
		View: access.Read | access.Get, Add: access.Read | access.Get | access.Write, Inbox: access.Write, Full: access.Full,
	} {
		s := h.share(owner, NewShare{Path: "/photos", Preset: preset})
		id, _, _ := h.open(s.Key, phone)
		if got := h.policy().Rights(id, "/photos/x"); got != want {
			t.Errorf("%s: %q, want %q", preset, got, want)
		}
	}
	s := h.share(owner, NewShare{Path: "/photos", Preset: Custom, Mask: access.Get})
	if id, _, _ := h.open(s.Key, phone); id.Mask != access.Get {
		t.Errorf("%+v", id)
	}
	for _, n := range []NewShare{{Preset: Custom}, {Preset: "everything"}, {Preset: Custom, Mask: access.Admin}, {Preset: Custom, Mask: access.Read | access.Admin}} {
		n.Path = "/photos"
		if _, err := h.Create(t.Context(), owner, n); !errors.Is(err, ErrRights) {
			t.Errorf("%+v: %v", n, err)
		}
	}
}

func TestUntil(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
	for _, c := range []struct {
		text string
		now  time.Time
		want time.Time
	}{
		{"", at(1, 12, 0), time.Time{}},
		{"1h", at(1, 12, 0), at(1, 13, 0)},
		{"7d", at(1, 12, 0), at(8, 12, 0)},
		{"1h30m", at(1, 12, 0), at(1, 13, 30)},
		{"tonight", at(1, 12, 0), at(2, 4, 0)},
		{"tonight", at(1, 23, 59), at(2, 4, 0)},
		{"tonight", at(2, 1, 0), at(2, 4, 0)},
		{"tonight", at(2, 3, 30), at(3, 4, 0)},
	} {
		if got, err := Until(c.text, c.now); err != nil || !got.Equal(c.want) {
			t.Errorf("%s at %v: %v, %v", c.text, c.now, got, err)
		}
	}
	for _, text := range []string{"0", "-1h", "0d", "-7d", "7", "7 d", "7days", "9999999d", "soon"} {
		if got, err := Until(text, at(1, 1, 1)); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestWhoMakesShares(t *testing.T) {
	h := newHouse(t)
	alice := h.person("alice", "/photos", access.Read|access.Write)
	for _, id := range []access.Identity{
		account.Guest(), {Kind: access.Link, ID: "x", Behind: &owner, Root: "/photos", Mask: access.Full},
		{Kind: access.Device, ID: "x", Behind: &owner, Mask: access.Full},
	} {
		if _, err := h.Create(t.Context(), id, NewShare{Path: "/photos"}); !errors.Is(err, ErrRights) {
			t.Errorf("%v: %v", id, err)
		}
	}
	for _, id := range []access.Identity{{Kind: access.Account, ID: "nobody"}, {Kind: access.Token, ID: "nobody"}} {
		if _, err := h.Create(t.Context(), id, NewShare{Path: "/photos"}); !errors.Is(err, account.ErrGone) {
			t.Errorf("%v: %v", id, err)
		}
	}
	for _, p := range []Preset{View, Add, Inbox} {
		h.share(alice, NewShare{Path: "/photos", Preset: p})
	}
	if _, err := h.Create(t.Context(), alice, NewShare{Path: "/photos", Preset: Full}); !errors.Is(err, ErrRights) {
		t.Errorf("more than alice has: %v", err)
	}
	if _, err := h.Create(t.Context(), alice, NewShare{Path: "/private"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what alice cannot see: %v", err)
	}
	if _, err := h.Create(t.Context(), alice, NewShare{Path: "/photos", Expires: h.clock.now().Add(-1)}); err == nil {
		t.Error("a share that has ended already")
	}
	if _, err := h.Create(t.Context(), alice, NewShare{Path: "/photos", Password: strings.Repeat("x", 5000)}); !errors.Is(err, account.ErrSecret) {
		t.Errorf("%v", err)
	}
}

func TestListsAreOnesOwn(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.person("alice", "/photos", access.Read), h.person("bob", "/photos", access.Read)
	mine := h.share(alice, NewShare{Path: "/photos", Title: "mine"})
	_, issued, err := h.accounts.CreateToken(t.Context(), alice, account.NewToken{Name: "script", Mask: access.Read})
	h.must(err)
	token, err := h.accounts.Present(t.Context(), access.Identity{Kind: access.Token, ID: issued.ID})
	h.must(err)
	h.clock.add(time.Second)
	scripted := h.share(token, NewShare{Path: "/photos", Title: "scripted"})

	titles := func(by access.Identity) (out []string) {
		list, err := h.List(t.Context(), by)
		h.must(err)
		for _, s := range list {
			out = append(out, s.Title)
		}
		return out
	}
	for say, c := range map[string]struct {
		by   access.Identity
		want string
	}{
		"owner": {owner, "scripted mine"}, "alice": {alice, "scripted mine"}, "her token": {token, "scripted"},
		"bob": {bob, ""}, "guest": {account.Guest(), ""}, "link": {access.Identity{Kind: access.Link, ID: mine.ID, Behind: &owner}, ""},
	} {
		if got := strings.Join(titles(c.by), " "); got != c.want {
			t.Errorf("%s: %q, want %q", say, got, c.want)
		}
	}
	for _, err := range []error{
		h.End(t.Context(), bob, mine.ID),
		func() error { _, err := h.Get(t.Context(), bob, mine.ID); return err }(),
		func() error { _, err := h.Update(t.Context(), bob, mine.ID, Change{Paused: ptr(true)}); return err }(),
		h.End(t.Context(), account.Guest(), mine.ID),
	} {
		if err != ErrNone {
			t.Errorf("%v", err)
		}
	}
	h.must(h.End(t.Context(), alice, scripted.ID))
	h.refused(scripted.Key, phone, ErrNone)
	h.must(h.End(t.Context(), owner, mine.ID))
	if err := h.End(t.Context(), owner, mine.ID); err != ErrNone {
		t.Errorf("%v", err)
	}
	if ended := h.events(event.Unshared); len(ended) != 2 || ended[0].Name != "alice" || ended[1].Name != "this computer" {
		t.Errorf("%+v", ended)
	}
}

func TestPassword(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Password: "sesame", MaxUses: 1})
	h.refused(s.Key, phone, ErrPassword)
	wrong := phone
	wrong.Password = "Sesame"
	h.refused(s.Key, wrong, ErrPassword)
	if got, err := h.Get(t.Context(), owner, s.ID); err != nil || got.Uses != 0 || !got.HasPassword {
		t.Errorf("%+v, %v", got, err)
	}
	right := phone
	right.Password = "sesame"
	_, _, inside := h.open(s.Key, right)
	h.open(s.Key, inside)
	h.refused(s.Key, phone, ErrNone) // used up: that it has a password is not told any more

	// A pass is worth nothing for another share, another password, another key, or changed.
	other := h.share(owner, NewShare{Path: "/photos", Password: "sesame"})
	h.refused(other.Key, inside, ErrPassword)
	forged := inside
	for i := range forged.Pass {
		forged.Pass = inside.Pass[:i] + string(inside.Pass[i]^1) + inside.Pass[i+1:]
		if _, _, err := h.Open(t.Context(), s.Key, forged); err == nil {
			t.Fatalf("a changed pass is taken (%d)", i)
		}
		h.clock.add(time.Minute)
	}
	_, err := h.Update(t.Context(), owner, s.ID, Change{Password: ptr("other"), MaxUses: ptr(int64(9))})
	h.must(err)
	h.refused(s.Key, inside, ErrPassword)
	_, err = h.Update(t.Context(), owner, s.ID, Change{Password: ptr("")})
	h.must(err)
	h.open(s.Key, phone)
}

func TestPasswordIsGuessed(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Password: "sesame"})
	inside := phone
	inside.Password = "sesame"
	_, _, inside = h.open(s.Key, inside)
	judged, told := 0, 0
	for i := range 300 {
		v := from(address(i / 10))
		v.Password = address(i)
		_, _, err := h.Open(t.Context(), s.Key, v)
		var many account.ErrTooMany
		switch {
		case err == ErrPassword:
			judged++
		case errors.As(err, &many) && many.RetryAfter > 0:
			told++
		default:
			t.Fatal(err)
		}
	}
	if judged > 20 || told < 280 {
		t.Errorf("%d guesses were judged, %d told to wait", judged, told)
	}
	h.open(s.Key, inside)
	fresh := from("10.99.0.1")
	fresh.Password = "sesame"
	if _, _, err := h.Open(t.Context(), s.Key, fresh); err == nil {
		t.Error("the link does not wait, wherever one guesses from")
	}
	h.clock.add(time.Minute)
	h.open(s.Key, fresh)
}

func TestExpiry(t *testing.T) {
	h := newHouse(t)
	hour, err := Until("1h", h.clock.now())
	h.must(err)
	s := h.share(owner, NewShare{Path: "/photos", Expires: hour})
	h.share(owner, NewShare{Path: "/photos", Expires: hour.Add(time.Hour)})
	id, _, inside := h.open(s.Key, phone)
	h.mu.Lock()
	bumps := h.bumps // what was shared just now may wake the sweep at any time from here on
	h.mu.Unlock()
	h.clock.add(time.Hour)
	h.refused(s.Key, inside, ErrNone)
	h.refused(s.Key, phone, ErrNone)
	if _, err := h.Present(t.Context(), id); err != ErrNone {
		t.Errorf("%v", err)
	}
	next, err := h.Sweep(t.Context())
	if err != nil || !next.Equal(hour.Add(time.Hour)) {
		t.Errorf("%v, %v", next, err)
	}
	if _, err := h.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	h.told(bumps + 1)
	if ended := h.events(event.Unshared); len(ended) != 1 || ended[0].Code != "expired" {
		t.Errorf("%+v", ended)
	}
	if got, err := h.Get(t.Context(), owner, s.ID); err != nil || got.State != Expired {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = h.Update(t.Context(), owner, s.ID, Change{Expires: ptr(h.clock.now().Add(time.Minute))})
	h.must(err)
	h.open(s.Key, inside)
	h.clock.add(time.Minute)
	if _, err := h.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	if ended := h.events(event.Unshared); len(ended) != 2 {
		t.Errorf("a share that was let stand longer ends untold: %+v", ended)
	}
	h.clock.add(keptExpired)
	for range 2 { // the first look ends the other share, the second forgets the old one
		if _, err := h.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if _, err := h.Get(t.Context(), owner, s.ID); err != ErrNone {
		t.Errorf("%v", err)
	}
}

// TestExpiryIsNoticedByItself: nobody asks, and visits end all the same.
func TestExpiryIsNoticedByItself(t *testing.T) {
	h := newHouse(t)
	h.share(owner, NewShare{Path: "/photos", Expires: h.clock.now().Add(time.Hour)})
	h.clock.add(2 * time.Hour)
	h.changed() // as any other change would
	deadline := time.Now().Add(10 * time.Second)
	for len(h.events(event.Unshared)) == 0 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	if got := h.events(event.Unshared); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestPauseAndChange(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos"})
	id, _, inside := h.open(s.Key, phone)
	bumps := h.bumps
	got, err := h.Update(t.Context(), owner, s.ID, Change{Paused: ptr(true)})
	if err != nil || got.State != Paused || h.bumps == bumps || got.Rekeyed || got.Key != s.Key {
		t.Errorf("%+v, %v", got, err)
	}
	h.refused(s.Key, inside, ErrNone)
	if _, err := h.Present(t.Context(), id); err != ErrNone {
		t.Errorf("%v", err)
	}
	got, err = h.Update(t.Context(), owner, s.ID, Change{Paused: ptr(false), Title: ptr(" New\n title "), Preset: ptr(Add)})
	if err != nil || got.Title != "New title" || got.Mask != access.Read|access.Get|access.Write {
		t.Errorf("%+v, %v", got, err)
	}
	now, err := h.Present(t.Context(), id)
	if err != nil || !now.Mask.Has(access.Write) || now.Name != "link “New title”" {
		t.Errorf("%+v, %v", now, err)
	}
	if _, err := h.Present(t.Context(), owner); err != ErrNone {
		t.Errorf("not a link: %v", err)
	}
	if _, err := h.Update(t.Context(), owner, "nothing", Change{}); err != ErrNone {
		t.Errorf("%v", err)
	}
}
