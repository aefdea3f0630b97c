package share

import (
	"errors"
	"net/netip"
	"testing"

	"portico/backend/account"
)

func nets(texts ...string) []netip.Prefix { return prefixes(texts) }

func TestNetworks(t *testing.T) {
	h := newHouse(t)
	local := h.share(owner, NewShare{Path: "/photos"})
	one := h.share(owner, NewShare{Path: "/photos", Networks: nets("192.168.1.0/24", "fd00:1::/64")})
	tail := h.share(owner, NewShare{Path: "/photos", Networks: nets("100.64.0.0/16")})
	public := h.share(owner, NewShare{Path: "/photos", Public: true})
	few := h.share(owner, NewShare{Path: "/photos", Public: true, Networks: nets("203.0.113.0/24")})
	if len(local.Key) != shortKey || len(one.Key) != shortKey || len(public.Key) != longKey || len(few.Key) != longKey {
		t.Errorf("%q %q %q %q", local.Key, one.Key, public.Key, few.Key)
	}
	all := []Share{local, one, tail, public, few}
	passes := make([]string, len(all))
	for i, s := range all {
		_, shown, _ := h.open(s.Key, Visitor{}) // this computer's own window
		passes[i] = shown.Pass
	}
	for addr, in := range map[string]string{ // local one tail public few
		"192.168.1.30":          "yynyn",
		"::ffff:192.168.1.30":   "yynyn",
		"192.168.2.30":          "ynnyn",
		"10.1.2.3":              "ynnyn",
		"172.31.0.1":            "ynnyn",
		"172.32.0.1":            "nnnyn",
		"127.0.0.1":             "ynnyn",
		"::1":                   "ynnyn",
		"169.254.7.7":           "ynnyn",
		"fe80::1%wlan0":         "ynnyn",
		"fd00:1::5":             "yynyn",
		"100.64.1.1":            "nnyyn",
		"203.0.113.9":           "nnnyy",
		"::ffff:203.0.113.9":    "nnnyy",
		"2001:db8:1::7":         "ynnyn", // a network that this computer is attached to
		"2001:db8:2::7":         "nnnyn",
		"64:ff9b::c0a8:011e":    "nnnyn", // a private number behind a translator
		"2002:c0a8:011e::1":     "nnnyn",
		"::192.168.1.30":        "nnnyn",
		"0.0.0.0":               "nnnyn",
		"224.0.0.1":             "nnnyn",
		"ffff:ffff:ffff:ffff::": "nnnyn",
	} {
		for i, s := range all {
			v := from(addr)
			v.Pass = passes[i] // no budget in this test
			_, _, err := h.Open(t.Context(), s.Key, v)
			if got := err == nil; got != (in[i] == 'y') {
				t.Errorf("%s, share %d: %v", addr, i, err)
			}
			v.Forwarded = true
			_, _, err = h.Open(t.Context(), s.Key, v)
			if got := err == nil; got != (in[i] == 'y' && s.Public) {
				t.Errorf("%s through a proxy, share %d: %v", addr, i, err)
			}
		}
	}
}

func TestNetworksThatAreNotLocal(t *testing.T) {
	h := newHouse(t)
	for _, p := range []string{"0.0.0.0/0", "::/0", "10.0.0.0/7", "8.0.0.0/8", "2001:db8::/32", "172.0.0.0/8", "fc00::/6"} {
		n := NewShare{Path: "/photos", Networks: nets(p)}
		if _, err := h.Create(t.Context(), owner, n); !errors.Is(err, ErrNetwork) {
			t.Errorf("%s: %v", p, err)
		}
		n.Public = true
		h.share(owner, n)
	}
	for _, p := range []string{"10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12", "2001:db8:1:2::/64", "141.20.0.0/16", "fc00::/7", "127.0.0.0/8"} {
		h.share(owner, NewShare{Path: "/photos", Networks: nets(p)})
	}
	if _, err := h.Create(t.Context(), owner, NewShare{Path: "/photos", Networks: []netip.Prefix{{}}}); !errors.Is(err, ErrNetwork) {
		t.Errorf("%v", err)
	}
}

// TestLoosening: a share that is opened to the outside gets a long key, and says so.
func TestLoosening(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos"})
	_, _, inside := h.open(s.Key, phone)
	got, err := h.Update(t.Context(), owner, s.ID, Change{Public: ptr(true)})
	if err != nil || !got.Rekeyed || len(got.Key) != longKey || !got.Public {
		t.Fatalf("%+v, %v", got, err)
	}
	h.refused(s.Key, inside, ErrNone)
	h.refused(s.Key, from("203.0.113.9"), ErrNone)
	h.open(got.Key, from("203.0.113.9"))
	if _, again, _ := h.open(got.Key, inside); again.Uses != 3 {
		t.Errorf("the pass of the old key is taken: %+v", again)
	}
	tight, err := h.Update(t.Context(), owner, s.ID, Change{Public: ptr(false)})
	if err != nil || tight.Rekeyed || tight.Key != got.Key {
		t.Fatalf("%+v, %v", tight, err)
	}
	h.refused(got.Key, from("203.0.113.9"), ErrNone)
	if again, err := h.Update(t.Context(), owner, s.ID, Change{Networks: ptr(nets("192.168.0.0/16"))}); err != nil || again.Rekeyed {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := h.Update(t.Context(), owner, s.ID, Change{Networks: ptr(nets("0.0.0.0/0"))}); !errors.Is(err, ErrNetwork) {
		t.Errorf("%v", err)
	}
	locked := h.share(owner, NewShare{Path: "/photos", Password: "sesame"})
	if got, err := h.Update(t.Context(), owner, locked.ID, Change{Public: ptr(true)}); err != nil || !got.Rekeyed || len(got.Key) != longKey {
		t.Errorf("a password is no reason for a short key: %+v, %v", got, err)
	}
	own := h.share(owner, NewShare{Path: "/photos", Password: "sesame", Public: true, Key: "my-house"})
	if got, err := h.Update(t.Context(), owner, own.ID, Change{Title: ptr("x")}); err != nil || got.Rekeyed || got.Key != own.Key {
		t.Errorf("rekeyed for nothing: %+v, %v", got, err)
	}
	// Wide networks of a public share do not stay when it is closed again.
	wide := h.share(owner, NewShare{Path: "/photos", Public: true, Networks: nets("0.0.0.0/0")})
	if _, err := h.Update(t.Context(), owner, wide.ID, Change{Public: ptr(false)}); !errors.Is(err, ErrNetwork) {
		t.Errorf("%v", err)
	}
}

// TestKeysAreGuessed: by one, by many; and those who were let in do not notice.
func TestKeysAreGuessed(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos"})
	public := h.share(owner, NewShare{Path: "/photos", Public: true})
	_, _, inside := h.open(s.Key, phone)
	guess := func(v Visitor) (judged bool) {
		t.Helper()
		_, _, err := h.Open(t.Context(), newKey(shortKey), v)
		var many account.ErrTooMany
		switch {
		case err == ErrNone:
			return true
		case errors.As(err, &many) && many.RetryAfter > 0:
			return false
		}
		t.Fatal(err)
		return false
	}
	one := 0
	for range 500 {
		if guess(from("192.168.1.66")) {
			one++
		}
	}
	if one > 10 {
		t.Errorf("%d guesses of one address were looked at", one)
	}
	h.open(s.Key, phone) // a new visitor at another address
	all := 0
	for i := range 5000 {
		if guess(from(address(i))) {
			all++
		}
	}
	if all > 130+251 {
		t.Errorf("%d guesses of many addresses were looked at", all)
	}
	if _, _, err := h.Open(t.Context(), s.Key, from("192.168.1.77")); err == nil {
		t.Error("the right key is found while nobody may guess: that tells which one is right")
	}
	h.open(s.Key, inside)
	h.open(public.Key, from("198.51.100.1"))

	// The outside has a budget of its own: it cannot use up that of the house.
	other := newHouse(t)
	s = other.share(owner, NewShare{Path: "/photos"})
	for i := range 500 {
		other.Open(t.Context(), newKey(shortKey), from(netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)}).String()))
	}
	other.open(s.Key, phone)
}

// TestEndedPageIsNoGuesser: a page left open on a share that ended asks again and again.
func TestEndedPageIsNoGuesser(t *testing.T) {
	h := newHouse(t)
	old, s := h.share(owner, NewShare{Path: "/photos"}), h.share(owner, NewShare{Path: "/photos"})
	_, _, inside := h.open(old.Key, phone)
	h.must(h.End(t.Context(), owner, old.ID))
	for range 200 {
		h.refused(old.Key, inside, ErrNone)
	}
	h.open(s.Key, phone)
}
