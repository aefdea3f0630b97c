package share

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/event"
	"portico/backend/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type clock struct {
	mu sync.Mutex
	t  time.Time
}

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

// house is a real store with real accounts and shares, over a tree that is a list of nodes.
type house struct {
	*Shares
	t        *testing.T
	dir      string
	clock    *clock
	store    *store.Store
	accounts *account.Accounts

	mu     sync.Mutex
	nodes  map[int64]string // where they are
	files  map[int64]bool
	absent bool // the medium is not connected
	extra  []access.Grant
	bumps  int
}

func newHouse(t *testing.T) *house {
	h := &house{
		t: t, dir: filepath.Join(t.TempDir(), "data"), clock: &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)},
		nodes: map[int64]string{1: "/photos", 2: "/photos/cat.jpg", 3: "/private", 4: "/photos/2024"},
		files: map[int64]bool{2: true},
	}
	h.start()
	t.Cleanup(func() {
		if h.Shares != nil {
			h.stop()
		}
	})
	return h
}

func (h *house) start() {
	h.t.Helper()
	var err error
	h.store, err = store.Open(context.Background(), store.Options{Dir: h.dir})
	h.must(err)
	h.accounts, err = account.New(account.Options{
		Store: h.store, Now: h.clock.now, Cost: account.Cost{MemoryKiB: 64, Time: 1, Threads: 1},
	})
	h.must(err)
	h.Shares = New(Options{
		Store: h.store, Accounts: h.accounts, Now: h.clock.now, Policy: h.policy, Target: h.target, NodePath: h.nodePath,
		Local:   func(a netip.Addr) bool { return netip.MustParsePrefix("2001:db8:1::/64").Contains(a) },
		Changed: func() { h.mu.Lock(); h.bumps++; h.mu.Unlock() },
	})
}

func (h *house) stop() {
	h.t.Helper()
	if err := errors.Join(h.Close(), h.accounts.Close(), h.store.Close()); err != nil {
		h.t.Error(err)
	}
	h.Shares = nil
}

func (h *house) policy() *access.Policy {
	p, err := h.accounts.Policy(context.Background(), h.extra)
	h.must(err)
	return p
}

func (h *house) target(_ context.Context, by access.Identity, path string) (Target, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for node, at := range h.nodes {
		if at == path && h.policyOf().Visible(by, path) {
			return Target{Path: path, Node: node, File: h.files[node]}, nil
		}
	}
	return Target{}, fs.ErrNotExist
}

func (h *house) policyOf() *access.Policy { return access.NewPolicy(h.extra) }

func (h *house) nodePath(_ context.Context, node int64) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.absent {
		return "", errors.New("the medium is not connected")
	}
	if path, ok := h.nodes[node]; ok {
		return path, nil
	}
	return "", fs.ErrNotExist
}

func (h *house) move(node int64, path string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if path == "" {
		delete(h.nodes, node)
		return
	}
	h.nodes[node] = path
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// person makes an account with rights at a path.
func (h *house) person(name, path string, rights access.Right) access.Identity {
	h.t.Helper()
	a, err := h.accounts.Create(h.t.Context(), account.NewAccount{Name: name, Password: name})
	h.must(err)
	h.extra = append(h.extra, access.Grant{Path: path, Who: access.Subject{Kind: access.Account, ID: a.ID}, Rights: rights})
	id, err := h.accounts.Present(h.t.Context(), access.Identity{Kind: access.Account, ID: a.ID})
	h.must(err)
	return id
}

func (h *house) share(by access.Identity, n NewShare) Share {
	h.t.Helper()
	s, err := h.Create(h.t.Context(), by, n)
	h.must(err)
	return s
}

var phone = Visitor{Remote: netip.MustParseAddr("192.168.1.30"), Door: "http", Client: "Phone", Browser: true}

func from(addr string) Visitor {
	return Visitor{Remote: netip.MustParseAddr(addr), Door: "http", Client: "Phone", Browser: true}
}

// open opens a share and returns the visitor as they come back.
func (h *house) open(key string, v Visitor) (access.Identity, Share, Visitor) {
	h.t.Helper()
	id, s, err := h.Open(h.t.Context(), key, v)
	if err != nil {
		h.t.Fatalf("%s from %s: %v", key, v.Remote, err)
	}
	if s.Pass != "" {
		v.Pass = s.Pass
	}
	v.Password = ""
	return id, s, v
}

func (h *house) refused(key string, v Visitor, want error) {
	h.t.Helper()
	id, s, err := h.Open(h.t.Context(), key, v)
	if err != want {
		h.t.Fatalf("%s from %s: %v, %v; want %v", key, v.Remote, id, err, want)
	}
	if id.Kind != 0 || s.ID != "" || s.Title != "" || s.Pass != "" {
		h.t.Fatalf("refused, and told of %+v %+v", id, s)
	}
}

// told waits until Options.Changed has been called so many times, and no more.
func (h *house) told(times int) {
	h.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		h.mu.Lock()
		got := h.bumps
		h.mu.Unlock()
		if got == times {
			return
		}
		if got > times || time.Now().After(deadline) {
			h.t.Fatalf("told %d times, want %d", got, times)
		}
		time.Sleep(time.Millisecond)
	}
}

func (h *house) events(kind event.Kind) []event.Event {
	h.t.Helper()
	all, err := h.store.Events(context.Background(), 0, 10000)
	h.must(err)
	var out []event.Event
	for _, e := range all {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

func address(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255) }

func ptr[T any](v T) *T { return &v }
