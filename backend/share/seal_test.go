package share

import (
	"net/netip"
	"strings"
	"testing"
)

func TestSealChangesWithWhatIsAsked(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Password: "first word"})
	seal := func() Seal {
		t.Helper()
		now, err := h.Seal(t.Context(), strings.ToUpper(s.Key))
		h.must(err)
		return now
	}
	before := seal()
	for _, c := range []struct {
		name   string
		change Change
		same   bool
	}{
		{"title", Change{Title: ptr("Holiday")}, true},
		{"password", Change{Password: ptr("second word")}, false},
		{"networks", Change{Networks: ptr([]netip.Prefix{netip.MustParsePrefix("192.168.7.0/24")})}, false},
		{"no password", Change{Password: ptr("")}, false},
	} {
		_, err := h.Update(t.Context(), owner, s.ID, c.change)
		h.must(err)
		now := seal()
		if (now == before) != c.same {
			t.Errorf("%s: same %v, want %v", c.name, now == before, c.same)
		}
		before = now
	}
	h.must(h.End(t.Context(), owner, s.ID))
	for _, key := range []string{s.Key, "", "nothing"} {
		if _, err := h.Seal(t.Context(), key); err != ErrNone {
			t.Errorf("%q: %v", key, err)
		}
	}
}
