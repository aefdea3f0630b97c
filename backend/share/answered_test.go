package share

import (
	"errors"
	"testing"
	"time"

	"portico/backend/access"
)

// answered returns who was answered at a share.
func (h *house) answered(id string, n int) []Answered {
	h.t.Helper()
	list, err := h.Answered(h.t.Context(), owner, id)
	h.must(err)
	if len(list) != n {
		h.t.Fatalf("%d were answered, want %d: %+v", len(list), n, list)
	}
	return list
}

// TestAnAnswerIsTakenBack: yes and no alike; a device that was let in has to ask again in the middle of its
// visit, and nobody else has to.
func TestAnAnswerIsTakenBack(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true, Password: "sesame"})
	in := func(addr string, browser bool) Visitor {
		t.Helper()
		v := android(addr)
		v.Password = "sesame"
		if v.Browser = browser; !browser {
			v.Client = "curl/8.8.0"
		}
		v = h.asks(s.Key, v, Waiting)
		h.admit(h.waits(1)[0].ID, true, false)
		h.clock.add(time.Second)
		if _, _, v = h.open(s.Key, v); !browser {
			v.Pass, v.Password = "", "sesame"
		}
		return v
	}
	phone, other, curl := in("192.168.1.30", true), in("192.168.1.31", true), in("192.168.1.32", false)
	refused := h.asks(s.Key, func() Visitor { v := android("192.168.1.33"); v.Password = "sesame"; return v }(), Waiting)
	h.admit(h.waits(1)[0].ID, false, false)
	h.asks(s.Key, refused, No)
	uses, err := h.Get(t.Context(), owner, s.ID)
	h.must(err)

	for _, a := range h.answered(s.ID, 4) {
		if a.Always || a.Allowed != (a.Remote != refused.Remote) || a.Program != (a.Remote == curl.Remote) || a.Client == "" || a.At.IsZero() {
			t.Errorf("%+v", a)
		}
		if a.Remote != other.Remote {
			h.must(h.Forget(t.Context(), owner, s.ID, a.ID))
		}
	}
	h.open(s.Key, other)
	for _, v := range []Visitor{phone, curl, refused} {
		h.asks(s.Key, v, Waiting)
		if v.Remote == phone.Remote { // without what it is known by, its pass is worth nothing either
			lost := v
			lost.Device = ""
			if _, _, err := h.Open(t.Context(), s.Key, lost); !errors.Is(err, ErrPassword) {
				t.Errorf("without its device: %v", err)
			}
		}
		h.admit(h.waits(1)[0].ID, true, false)
		h.open(s.Key, v)
	}
	if now, _ := h.Get(t.Context(), owner, s.ID); now.Uses != uses.Uses+1 { // the refused one came in
		t.Errorf("%d uses, were %d", now.Uses, uses.Uses)
	}
	if got := h.lines("LINK-ASK-07"); len(got) != 3 || got[0] != "Pixel 8 · Chrome (192.168.1.33) has to ask again before it comes into “photos”" {
		t.Errorf("%q", got)
	}

	// Neither for somebody else nor for what is not there.
	id := h.answered(s.ID, 4)[0].ID
	bob := h.person("bob", "/photos", access.Read)
	for _, c := range []struct {
		by        access.Identity
		share, id string
	}{{bob, s.ID, id}, {owner, s.ID, "none"}, {owner, "none", id}} {
		if err := h.Forget(t.Context(), c.by, c.share, c.id); !errors.Is(err, ErrNone) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := h.Answered(t.Context(), bob, s.ID); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
}

// TestAlwaysIsTakenBack: at any share of its maker, and then it holds at none.
func TestAlwaysIsTakenBack(t *testing.T) {
	h := newHouse(t)
	one, two := h.share(owner, NewShare{Path: "/photos", Ask: true}), h.share(owner, NewShare{Path: "/private", Ask: true})
	v := h.asks(one.Key, android("192.168.1.30"), Waiting)
	h.admit(h.waits(1)[0].ID, true, true)
	_, _, first := h.open(one.Key, v)
	_, _, second := h.open(two.Key, v)
	if a := h.answered(one.ID, 1)[0]; !a.Always || !a.Allowed || a.Remote != v.Remote {
		t.Errorf("%+v", a)
	}
	h.must(h.Forget(t.Context(), owner, two.ID, h.answered(two.ID, 1)[0].ID))
	h.answered(one.ID, 0)
	h.asks(one.Key, first, Waiting)
	h.asks(two.Key, second, Waiting)
	h.waits(2)
	if got := h.lines("LINK-ASK-07"); len(got) != 1 || got[0] != "Pixel 8 · Chrome (192.168.1.30) has to ask again before it comes into shares that ask" {
		t.Errorf("%q", got)
	}
}
