package account

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a clock that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// house is a real store and its accounts, with a clock that stands and cheap hashes.
type house struct {
	*Accounts
	t     *testing.T
	dir   string
	clock *clock
	o     Options
	bumps int // calls of Changed
}

var cheap = Cost{MemoryKiB: 64, Time: 1, Threads: 1}

func newHouse(t *testing.T, set ...func(*Options)) *house {
	h := &house{t: t, dir: filepath.Join(t.TempDir(), "data"), clock: newClock()}
	h.o = Options{Now: h.clock.now, Cost: cheap, Changed: func() { h.bumps++ }, Key: []byte("0123456789abcdef0123456789abcdef")}
	for _, f := range set {
		f(&h.o)
	}
	h.start()
	t.Cleanup(func() {
		if h.Accounts != nil {
			h.stop()
		}
	})
	return h
}

func (h *house) start() {
	h.t.Helper()
	var err error
	if h.o.Store, err = store.Open(context.Background(), store.Options{Dir: h.dir}); err != nil {
		h.t.Fatal(err)
	}
	if h.Accounts, err = New(h.o); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) stop() {
	h.t.Helper()
	if err := errors.Join(h.Close(), h.o.Store.Close()); err != nil {
		h.t.Error(err)
	}
	h.Accounts = nil
}

// restart ends the process, so to speak, and starts it again on the same data.
func (h *house) restart() {
	h.stop()
	h.start()
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) account(n NewAccount) Account {
	h.t.Helper()
	a, err := h.Create(h.t.Context(), n)
	h.must(err)
	return a
}

const home, away = "192.168.1.20", "203.0.113.7"

func pw(name, secret, remote string) Credential {
	return Credential{Kind: Password, Name: name, Secret: secret, Remote: remote, Door: "http"}
}

func (h *house) in(c Credential) access.Identity {
	h.t.Helper()
	id, err := h.Authenticate(h.t.Context(), c)
	if err != nil {
		h.t.Fatalf("%v %q from %s: %v", c.Kind, c.Name, c.Remote, err)
	}
	return id
}

func (h *house) refused(c Credential, want error) {
	h.t.Helper()
	if id, err := h.Authenticate(h.t.Context(), c); !errors.Is(err, want) {
		h.t.Fatalf("%v %q from %s: %v, %v; want %v", c.Kind, c.Name, c.Remote, id, err, want)
	}
}

// waits reports how long c has to wait, 0 when it was judged.
func (h *house) waits(c Credential) time.Duration {
	h.t.Helper()
	_, err := h.Authenticate(h.t.Context(), c)
	var many ErrTooMany
	if errors.As(err, &many) {
		if many.RetryAfter <= 0 {
			h.t.Fatalf("told to wait for %v", many.RetryAfter)
		}
		return many.RetryAfter
	}
	return 0
}

func (h *house) events(kind event.Kind) []event.Event {
	h.t.Helper()
	all, err := h.store.Events(context.Background(), 0, 1000)
	h.must(err)
	var out []event.Event
	for _, e := range all {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}
