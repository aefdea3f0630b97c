package share

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/event"
)

// asks opens a share as somebody who is not let in yet, and returns how that stands and the visitor as
// they come back.
func (h *house) asks(key string, v Visitor, want Answer) Visitor {
	h.t.Helper()
	id, s, err := h.Open(h.t.Context(), key, v)
	var asked *Asked
	if !errors.As(err, &asked) || !errors.Is(err, ErrAsked) || asked.Answer != want {
		h.t.Fatalf("%s from %s: %v; want %s", key, v.Remote, err, want)
	}
	if id.Kind != 0 || s.ID != "" || s.Title != "" || s.Pass != "" {
		h.t.Fatalf("not let in, and told of %+v %+v", id, s)
	}
	if asked.Device != "" {
		v.Device = asked.Device
	}
	v.Again = false
	return v
}

// waits returns who waits.
func (h *house) waits(n int) []Request {
	h.t.Helper()
	list, err := h.Asking(h.t.Context(), owner)
	h.must(err)
	if len(list) != n {
		h.t.Fatalf("%d wait, want %d: %+v", len(list), n, list)
	}
	return list
}

func (h *house) admit(id string, allow, always bool) {
	h.t.Helper()
	h.must(h.Admit(h.t.Context(), owner, id, allow, always))
}

func (h *house) lines(code string) (out []string) {
	h.t.Helper()
	all, err := h.store.Events(h.t.Context(), 0, 10000)
	h.must(err)
	for _, e := range all {
		if e.Code == code {
			out = append(out, event.Sentence(e))
		}
	}
	return out
}

const pixel = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"

func android(addr string) Visitor {
	v := from(addr)
	v.Client = pixel
	return v
}

func TestANewDeviceIsLetIn(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true})
	if !s.Ask {
		t.Fatalf("%+v", s)
	}
	before := h.AskingChanged()
	v := h.asks(s.Key, android("192.168.1.30"), Waiting)
	if v.Device == "" || h.AskingChanged() == before {
		t.Fatalf("%+v", v)
	}
	h.asks(s.Key, v, Waiting) // the page looks again and again
	one := h.waits(1)[0]
	if one.Share != s.ID || one.Title != "photos" || one.Remote != v.Remote || one.Client != pixel || one.Program || one.Until.Sub(one.At) != 2*time.Minute {
		t.Errorf("%+v", one)
	}
	if got, _ := h.Get(t.Context(), owner, s.ID); got.Uses != 0 {
		t.Errorf("waiting counts as a visit: %+v", got)
	}
	h.admit(one.ID, true, false)
	h.waits(0)
	_, seen, v := h.open(s.Key, v)
	if v.Pass == "" || seen.Uses != 1 {
		t.Errorf("%+v", seen)
	}
	h.open(s.Key, v)

	// It holds until the share ends: over a restart, at another address, without the pass; and for
	// nobody else there.
	h.stop()
	h.start()
	h.clock.add(30 * 24 * time.Hour)
	v.Pass, v.Remote = "", netip.MustParseAddr("192.168.1.77")
	h.open(s.Key, v)
	h.asks(s.Key, android("192.168.1.30"), Waiting)
	other := v
	other.Device = strings.Repeat("A", len(v.Device))
	h.asks(s.Key, other, Waiting)

	// It is no answer about another share, or when the key or the password is another one.
	next := h.share(owner, NewShare{Path: "/private", Ask: true})
	h.asks(next.Key, v, Waiting)
	open, err := h.Update(t.Context(), owner, s.ID, Change{Public: ptr(true)})
	h.must(err)
	h.asks(open.Key, v, Waiting)

	if got := h.lines("LINK-ASK-02"); len(got) != 1 || got[0] != "You let Pixel 8 · Chrome (192.168.1.30) into “photos”" {
		t.Errorf("%q", got)
	}
	if got := h.lines("LINK-ASK-01"); len(got) == 0 || got[0] != "Pixel 8 · Chrome (192.168.1.30) asks to be let into “photos”" {
		t.Errorf("%q", got)
	}
}

func TestNoIsNo(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true})
	v := h.asks(s.Key, android("192.168.1.30"), Waiting)
	h.admit(h.waits(1)[0].ID, false, true)
	v = h.asks(s.Key, v, No)
	v.Again = true
	h.asks(s.Key, v, No)
	h.clock.add(24 * time.Hour)
	h.asks(s.Key, v, No)
	h.waits(0)
	if got := h.lines("LINK-ASK-03"); len(got) != 1 || got[0] != "You did not let Pixel 8 · Chrome (192.168.1.30) into “photos”" {
		t.Errorf("%q", got)
	}
	// It was about that share; always is about coming in.
	next := h.share(owner, NewShare{Path: "/private", Ask: true})
	h.asks(next.Key, v, Waiting)
}

func TestAlways(t *testing.T) {
	h := newHouse(t)
	alice := h.person("alice", "/photos", access.Read)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true})
	next := h.share(owner, NewShare{Path: "/private", Ask: true, Password: "sesame"})
	hers := h.share(alice, NewShare{Path: "/photos", Ask: true})
	v := h.asks(s.Key, android("192.168.1.30"), Waiting)
	h.admit(h.waits(1)[0].ID, true, true)
	h.open(s.Key, v)
	h.refused(next.Key, v, ErrPassword) // the password is another matter
	knows := v
	knows.Password = "sesame"
	h.open(next.Key, knows)
	h.asks(hers.Key, v, Waiting)
	list, err := h.Asking(t.Context(), alice)
	if err != nil || len(list) != 1 || list[0].Share != hers.ID {
		t.Fatalf("%v, %v", list, err)
	}
	// Whoever made a share answers, and nobody else who does not administer.
	h.asks(h.share(owner, NewShare{Path: "/photos/2024", Ask: true}).Key, android("192.168.1.31"), Waiting)
	for _, one := range h.waits(2) {
		err := h.Admit(t.Context(), alice, one.ID, true, false)
		if mine := one.Share == hers.ID; mine != (err == nil) || !mine && !errors.Is(err, ErrNone) {
			t.Errorf("%+v: %v", one, err)
		}
	}
	h.waits(1)
	h.open(hers.Key, v)
}

func TestNobodyAnswers(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true})
	v := h.asks(s.Key, android("192.168.1.30"), Waiting)
	one := h.waits(1)[0]
	h.clock.add(2*time.Minute - time.Second)
	h.asks(s.Key, v, Waiting)
	h.clock.add(time.Second)
	h.asks(s.Key, v, Nobody)
	h.waits(0)
	if next := h.unanswered(t.Context()); !next.IsZero() {
		t.Errorf("%v", next)
	}
	h.unanswered(t.Context()) // told once
	if got := h.lines("LINK-ASK-04"); len(got) != 1 || got[0] != "Pixel 8 · Chrome was refused photos in the top folder through the web: nobody answered whether it may come in" {
		t.Errorf("%q", got)
	}
	if err := h.Admit(t.Context(), owner, one.ID, true, false); !errors.Is(err, ErrNone) {
		t.Errorf("too late, and %v", err)
	}
	// A page that stays open asks nobody again; who presses the button does, and who comes back later.
	h.clock.add(askMemory - time.Second)
	h.asks(s.Key, v, Nobody)
	v.Again = true
	v = h.asks(s.Key, v, Waiting)
	h.clock.add(2 * time.Minute)
	h.asks(s.Key, v, Nobody)
	h.clock.add(askMemory)
	h.asks(s.Key, v, Waiting)
	h.waits(1)
	// A clock that is set back keeps nobody waiting for it.
	h.clock.add(-5 * time.Hour)
	h.waits(0)
}

func TestPasswordFirst(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true, Password: "sesame"})
	h.refused(s.Key, android("192.168.1.30"), ErrPassword)
	h.waits(0)
	v := android("192.168.1.30")
	v.Password = "sesame"
	v = h.asks(s.Key, v, Waiting)
	v.Password = ""
	h.asks(s.Key, v, Waiting) // it has shown it
	h.refused(s.Key, android("192.168.1.30"), ErrPassword)
	h.admit(h.waits(1)[0].ID, true, false)
	h.open(s.Key, v)
	_, err := h.Update(t.Context(), owner, s.ID, Change{Password: ptr("other")})
	h.must(err)
	v.Pass = ""
	h.refused(s.Key, v, ErrPassword)
}

// Programs keep no cookies: the answer is about their address.
func TestPrograms(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true, MaxUses: 3})
	curl := Visitor{Remote: netip.MustParseAddr("192.168.1.40"), Door: "http", Client: "curl/8.8.0"}
	if got := h.asks(s.Key, curl, Waiting); got.Device != "" {
		t.Errorf("%+v", got)
	}
	one := h.waits(1)[0]
	if !one.Program {
		t.Errorf("%+v", one)
	}
	h.clock.add(3 * time.Minute)
	h.asks(s.Key, curl, Waiting) // it asks anew: it has no button
	h.admit(h.waits(1)[0].ID, true, false)
	h.open(s.Key, curl)
	rclone := curl
	rclone.Client = "rclone/1.70"
	h.open(s.Key, rclone)
	h.asks(s.Key, android("192.168.1.40"), Waiting) // a browser there is another device
	curl.Remote = netip.MustParseAddr("192.168.1.41")
	h.asks(s.Key, curl, Waiting)
	// The owner's own window asks nobody.
	if _, _, err := h.Open(t.Context(), s.Key, Visitor{Door: "http"}); err != nil {
		t.Error(err)
	}
}

// Nobody can fill the owner's window.
func TestAsksAreBounded(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true})
	for range asksEach {
		h.asks(s.Key, android("192.168.1.30"), Waiting) // keeps no cookies
	}
	h.asks(s.Key, android("192.168.1.30"), Crowded)
	h.waits(asksEach)
	for i := range 3 * asksShare {
		_, _, err := h.Open(t.Context(), s.Key, android(fmt.Sprintf("10.1.%d.%d", i/200, i%200+1)))
		if !errors.Is(err, ErrAsked) {
			t.Fatal(err)
		}
	}
	h.waits(asksShare)
	// Asking again and again takes longer and longer.
	t.Run("again", func(t *testing.T) {
		h := newHouse(t)
		s := h.share(owner, NewShare{Path: "/photos", Ask: true})
		v, asked := android("192.168.1.30"), 0
		for range 60 {
			_, _, err := h.Open(t.Context(), s.Key, v)
			var how *Asked
			if !errors.As(err, &how) {
				t.Fatal(err)
			}
			if how.Device != "" {
				v.Device = how.Device
			}
			if how.Answer == Waiting {
				asked++
			} else if how.Answer == Crowded && how.Left <= 0 {
				t.Errorf("%+v", how)
			}
			v.Again = true
			h.clock.add(2*time.Minute + time.Second)
		}
		if asked < 6 || asked > 30 {
			t.Errorf("asked %d times in two hours", asked)
		}
	})
}

func TestTheBlockedBotherNobody(t *testing.T) {
	h := newHouse(t)
	h.Shares.o.Blocked = func(v Visitor) bool { return v.Remote == netip.MustParseAddr("192.168.1.66") }
	s := h.share(owner, NewShare{Path: "/photos", Ask: true})
	if v := h.asks(s.Key, android("192.168.1.66"), No); v.Device != "" {
		t.Errorf("%+v", v)
	}
	h.waits(0)
	if got := h.lines("LINK-ASK-01"); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// Whoever was inside before it was asked about new devices is not a new one.
func TestAskingLater(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos"})
	_, _, v := h.open(s.Key, phone)
	now, err := h.Update(t.Context(), owner, s.ID, Change{Ask: ptr(true)})
	if h.must(err); !now.Ask {
		t.Fatalf("%+v", now)
	}
	h.open(s.Key, v)
	waits := h.asks(s.Key, android("192.168.1.31"), Waiting)
	_, err = h.Update(t.Context(), owner, s.ID, Change{Ask: ptr(false)})
	h.must(err)
	h.waits(0)
	h.open(s.Key, waits)
	_, err = h.Update(t.Context(), owner, s.ID, Change{Ask: ptr(true)})
	h.must(err)
	h.asks(s.Key, android("192.168.1.32"), Waiting)
	h.must(h.End(t.Context(), owner, s.ID))
	h.waits(0)
	if h.lines("LINK-ASK-04") != nil {
		t.Error("told of nobody's answer at a share that ended")
	}
}

// What was answered goes with its share.
func TestAnswersEndWithTheShare(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true, Key: "holiday"})
	v := h.asks(s.Key, android("192.168.1.30"), Waiting)
	h.admit(h.waits(1)[0].ID, true, false)
	h.open(s.Key, v)
	h.must(h.End(t.Context(), owner, s.ID))
	s = h.share(owner, NewShare{Path: "/photos", Ask: true, Key: "holiday"})
	h.asks(s.Key, v, Waiting)
}

// TestAskedOnce: however often a page looks while it is answered, nobody is asked about it twice.
func TestAskedOnce(t *testing.T) {
	h := newHouse(t)
	s := h.share(owner, NewShare{Path: "/photos", Ask: true})
	v := h.asks(s.Key, android("192.168.1.30"), Waiting)
	one := h.Shares.asks.take(h.waits(1)[0].ID) // the answer is being kept
	h.asks(s.Key, v, Waiting)
	h.waits(0)
	h.Shares.asks.back(one) // it could not be
	h.waits(1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, _, err := h.Open(t.Context(), s.Key, v); !errors.Is(err, ErrAsked) {
				return
			}
		}
	}()
	h.admit(one.ID, true, false)
	<-done
	h.waits(0)
	if got := h.lines("LINK-ASK-01"); len(got) != 1 {
		t.Errorf("%q", got)
	}
	h.clock.add(time.Hour)
	h.unanswered(t.Context())
	if h.lines("LINK-ASK-04") != nil || len(h.Shares.asks.list) != 0 {
		t.Errorf("%+v", h.Shares.asks.list)
	}
}
