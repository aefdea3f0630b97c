package web

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"portico/backend/problem"
)

// packWait is how long a request for an archive waits for its turn.
const packWait = 10 * time.Second

// turns hands out turns to pack an archive. One address has at most a quarter of them, so that
// clients that read slowly cannot keep everybody else out.
type turns struct {
	all chan struct{}

	mu  sync.Mutex
	own map[netip.Prefix]*ownTurns
}

// ownTurns are those of one address; it lives while anybody there packs or waits.
type ownTurns struct {
	turns chan struct{}
	users int
}

func newTurns(most int) *turns {
	return &turns{all: make(chan struct{}, most), own: make(map[netip.Prefix]*ownTurns)}
}

// enter waits for a turn. The caller calls leave when the archive has been sent.
func (t *turns) enter(ctx context.Context, remote string) (leave func(), err error) {
	who := network(remoteAddr(remote))
	own := t.join(who)
	ctx, cancel := context.WithTimeoutCause(ctx, packWait, tooManyPacks())
	defer cancel()
	if err := await(ctx, own.turns); err != nil {
		t.part(who, own)
		return nil, err
	}
	if err := await(ctx, t.all); err != nil {
		<-own.turns
		t.part(who, own)
		return nil, err
	}
	return func() {
		<-t.all
		<-own.turns
		t.part(who, own)
	}, nil
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

func (t *turns) part(who netip.Prefix, own *ownTurns) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if own.users--; own.users == 0 {
		delete(t.own, who)
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
