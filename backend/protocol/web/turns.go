package web

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"portico/backend/problem"
)

// packWait is how long a request for an archive waits for its turn.
const packWait = 10 * time.Second

// What archives that are being sent may hold in memory together, in names; of one address, a quarter.
// Small ones always may.
const (
	mostHeld  = 4_000_000
	smallHeld = 5_000
	// packing is what the blocks of a compressor weigh.
	packing = 40_000
)

// turns hands out turns to plan and pack an archive; while its bytes wait for a client no turn is held.
// One address has at most a quarter of them, so that nobody keeps everybody else out.
type turns struct {
	all chan struct{}

	mu   sync.Mutex
	own  map[netip.Prefix]*ownTurns
	held int
}

// ownTurns are those of one address; it lives while anybody there packs, waits or sends.
type ownTurns struct {
	turns chan struct{}
	users int
	held  int
}

// turn is one archive's.
type turn struct {
	of   *turns
	who  netip.Prefix
	own  *ownTurns
	has  bool // the turn itself
	held int
}

func newTurns(most int) *turns {
	return &turns{all: make(chan struct{}, most), own: make(map[netip.Prefix]*ownTurns)}
}

// enter waits for a turn. The caller calls leave when the archive has been sent.
func (t *turns) enter(ctx context.Context, remote string) (*turn, error) {
	who := network(remoteAddr(remote))
	at := &turn{of: t, who: who, own: t.join(who)}
	ctx, cancel := context.WithTimeoutCause(ctx, packWait, tooManyPacks())
	defer cancel()
	if err := at.resume(ctx); err != nil {
		at.leave()
		return nil, err
	}
	return at, nil
}

// resume waits for the turn.
func (at *turn) resume(ctx context.Context) error {
	if at.has {
		return nil
	}
	if err := await(ctx, at.own.turns); err != nil {
		return err
	}
	if err := await(ctx, at.of.all); err != nil {
		<-at.own.turns
		return err
	}
	at.has = true
	return nil
}

// pause gives the turn to others.
func (at *turn) pause() {
	if at.has {
		at.has = false
		<-at.of.all
		<-at.own.turns
	}
}

// hold counts what an archive of that many names keeps in memory while it is sent.
func (at *turn) hold(names int, packs bool) error {
	if packs {
		names += packing
	}
	at.of.mu.Lock()
	defer at.of.mu.Unlock()
	if names > smallHeld && (at.of.held+names > mostHeld || at.own.held+names > mostHeld/4) {
		return tooManyPacks()
	}
	at.held += names
	at.own.held += names
	at.of.held += names
	return nil
}

func (at *turn) leave() {
	at.pause()
	at.of.part(at)
}

// sending gives the turn away for as long as a client takes what was packed.
type sending struct {
	w   io.Writer
	at  *turn
	ctx context.Context
}

func (s *sending) Write(b []byte) (int, error) {
	s.at.pause()
	n, err := s.w.Write(b)
	if err == nil {
		err = s.at.resume(s.ctx)
	}
	return n, err
}

func await(ctx context.Context, turns chan struct{}) error {
	select {
	case turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t *turns) join(who netip.Prefix) *ownTurns {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.own[who]
	if own == nil {
		own = &ownTurns{turns: make(chan struct{}, max(1, cap(t.all)/4))}
		t.own[who] = own
	}
	own.users++
	return own
}

func (t *turns) part(at *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held -= at.held
	at.own.held -= at.held
	at.held = 0
	if at.own.users--; at.own.users == 0 {
		delete(t.own, at.who)
	}
}

// network is the address itself, or of IPv6 the part that one site has.
func network(a netip.Addr) netip.Prefix {
	bits := 64
	if a = a.Unmap(); a.Is4() {
		bits = 32
	}
	p, _ := a.WithZone("").Prefix(bits)
	return p
}

func tooManyPacks() error {
	return &problem.Problem{
		Status: http.StatusServiceUnavailable, Code: "NET-BUSY-01", Title: "Too many archives at once",
		Detail: "Other folders are being packed.", Did: "Nothing was packed.", Next: "Try again in a moment.", Retry: 15,
	}
}
