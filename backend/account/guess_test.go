package account

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/event"
)

func TestWaits(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "alice", Password: "correct horse"})
	guess := 0
	wrong := func(remote string) time.Duration {
		guess++
		return h.waits(pw("alice", fmt.Sprint("guess", guess), remote))
	}
	for range 6 {
		if d := wrong(away); d != 0 {
			t.Fatalf("told to wait %v after few mistakes", d)
		}
	}
	want := time.Second
	for range 3 {
		if d := wrong(away); d != want {
			t.Fatalf("told to wait %v, want %v", d, want)
		}
		if d := h.waits(pw("alice", "correct horse", away)); d != want {
			t.Fatalf("the right password is judged during a wait (%v)", d)
		}
		h.clock.add(want)
		if d := wrong(away); d != 0 {
			t.Fatalf("told to wait %v after having waited", d)
		}
		want *= 2
	}
	h.clock.add(want)
	h.in(pw("alice", "correct horse", away))
	for range 40 {
		if d := wrong(away); d > 5*time.Minute {
			t.Fatalf("told to wait %v: that is a ban", d)
		} else {
			h.clock.add(d)
		}
	}
	h.clock.add(time.Hour)
	for range 6 {
		if d := wrong(away); d != 0 {
			t.Fatalf("not forgotten: %v", d)
		}
	}
}

// TestGuessingSparesWhoIsSignedIn: somebody guesses from the same network and at the same name.
func TestGuessingSparesWhoIsSignedIn(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "alice", Password: "correct horse"})
	alice := h.in(pw("alice", "correct horse", home)) // her verified password
	session, err := h.StartSession(t.Context(), alice, SessionInfo{Remote: home, Door: "http"})
	h.must(err)
	token, _, err := h.CreateToken(t.Context(), alice, NewToken{Name: "script", Mask: access.Read})
	h.must(err)

	for i := range 30 {
		h.waits(pw("alice", fmt.Sprint("guess", i), home))
	}
	if h.waits(pw("bob", "x", home)) == 0 {
		t.Fatal("the network is not made to wait")
	}
	h.in(pw("alice", "correct horse", home))
	h.in(Credential{Kind: Session, Secret: session, Remote: home})
	h.in(Credential{Kind: Token, Secret: token, Remote: home})
	h.in(pw("alice", token, home)) // where only a password fits

	// But what was verified does not become a quick way to guess.
	for i := range 2 * probes {
		h.waits(pw("alice", fmt.Sprint("probe", i), home))
	}
	if h.waits(pw("alice", "correct horse", home)) == 0 {
		t.Error("guesses during a wait are not bounded")
	}
	h.in(Credential{Kind: Session, Secret: session, Remote: home})

	// From many networks: the name waits, but not where it signed in before.
	h.clock.add(time.Hour)
	h.in(pw("alice", "correct horse", home))
	for i := range 200 {
		h.waits(pw("alice", "guess", fmt.Sprintf("198.51.%d.%d", i/100, i)))
	}
	if d := h.waits(pw("alice", "correct horse", away)); d == 0 || d > time.Minute {
		t.Errorf("a new place waits %v", d)
	}
	h.clock.add(verifiedLife)
	h.in(pw("alice", "correct horse", home))
}

// TestStalePasswordIsNoGuess: a phone that keeps showing last month's password does not make its
// whole network wait.
func TestStalePasswordIsNoGuess(t *testing.T) {
	h := newHouse(t)
	alice := h.account(NewAccount{Name: "alice", Password: "new one"})
	for range 100 {
		h.refused(pw("alice", "old one", home), ErrWrong)
	}
	if n := h.hasher.made.Load(); n != 2 { // one to create, one to refuse
		t.Errorf("%d hashes", n)
	}
	h.in(pw("alice", "new one", home))
	h.must(h.SetPassword(t.Context(), alice.ID, "old one", false, ""))
	h.in(pw("alice", "old one", home)) // it is right now
}

func TestPasswordOnlyGuessedFromEverywhere(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "carl", Password: "only this", PasswordOnly: true})
	right := Credential{Kind: PasswordOnly, Secret: "only this", Remote: home}
	h.in(right)
	judged := 0
	for i := range 1000 {
		c := Credential{Kind: PasswordOnly, Secret: fmt.Sprint(i), Remote: netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)}).String()}
		if h.waits(c) == 0 {
			judged++
		}
	}
	if judged > 110 {
		t.Errorf("%d guesses were judged", judged)
	}
	h.clock.add(verifiedLife)
	h.in(right) // where it signed in before
}

func TestSlash64IsOneNetwork(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"fe80::1%eth0", "fe80::2%wlan0", true},
		{"", "not an address", true},
		{"", "127.0.0.1", false},
	} {
		if got := Network(c.a) == Network(c.b); got != c.same {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

// TestFloodOfWrongSecrets: thousands of wrong secrets make a handful of rows.
func TestFloodOfWrongSecrets(t *testing.T) {
	h := newHouse(t)
	for i := range 3000 {
		h.waits(Credential{
			Kind: Token, Secret: fmt.Sprint(i), Door: "http", Name: "evil\n\u202ename",
			Remote: netip.AddrFrom4([4]byte{198, 18, byte(i >> 4), byte(i)}).String(),
		})
	}
	h.tally.Flush()
	wrong := h.events(event.Wrong)
	var sum int64
	for _, e := range wrong {
		sum += max(1, e.Count)
		if strings.ContainsAny(e.Name, "\n\u202e") {
			t.Fatalf("a name that breaks a line: %q", e.Name)
		}
	}
	if len(wrong) > tallyKeys+1 || sum != 3000 {
		t.Errorf("%d rows tell of %d wrong secrets", len(wrong), sum)
	}
}
