// Package limit holds the guard that limits how fast bytes move.
//
// It knows how many bytes a second somebody may send or fetch only from the rule it is given, and
// nothing of files. Everything one party does at the same time shares its rate; people who share an
// identity (guests, holders of one link) are told apart by address. A volume may have a rate, too,
// which everybody there shares.
package limit

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"portico/backend/access"
	"portico/backend/vfs"
)

// Rule says how many bytes a second an identity may fetch and send; 0 is no limit. It is asked often,
// from many goroutines, and must be quick.
type Rule func(id access.Identity) (fetch, send int64)

// mostBuckets is how many parties are remembered before those that were idle are forgotten.
const mostBuckets = 4096

// Rate is the guard. It implements vfs.Pacer.
type Rate struct {
	name string
	rule func(op *vfs.Op) (fetch, send int64)
	of   func(op *vfs.Op) party // but for send

	mu      sync.Mutex
	buckets map[party]*bucket
}

var _ vfs.Pacer = (*Rate)(nil)

// party is who shares one rate.
type party struct {
	volume     string // of everybody there
	kind       access.Kind
	id, remote string
	send       bool
}

// whose is the party of whoever asks. Tokens share the rate of the account behind them.
func whose(op *vfs.Op) party {
	id := op.Identity
	for id.Kind == access.Token && id.Behind != nil {
		id = *id.Behind
	}
	p := party{kind: id.Kind, id: id.ID}
	if p.kind == access.Guest || p.kind == access.Link {
		p.remote = op.Origin.Remote
	}
	return p
}

type bucket struct {
	limiter *rate.Limiter
	used    time.Time
}

// New makes a guard that follows rule; a change of what it says counts from the next slice on.
func New(rule Rule) *Rate {
	return &Rate{
		name: "rate", buckets: make(map[party]*bucket), of: whose,
		rule: func(op *vfs.Op) (fetch, send int64) { return rule(op.Identity) },
	}
}

// NewVolume makes a guard for the rates of whole volumes, by name. The rule is as that of New.
func NewVolume(rule func(volume string) (fetch, send int64)) *Rate {
	return &Rate{
		name: "rate of the volume", buckets: make(map[party]*bucket),
		of:   func(op *vfs.Op) party { return party{volume: op.Volume} },
		rule: func(op *vfs.Op) (fetch, send int64) { return rule(op.Volume) },
	}
}

// Name is the guard's.
func (r *Rate) Name() string { return r.name }

// Limits reports whether the bytes of an operation are limited now.
func (r *Rate) Limits(op *vfs.Op) bool { return r.limit(op) > 0 }

// limit is how many bytes a second an operation may move, 0 without limit.
func (r *Rate) limit(op *vfs.Op) int64 {
	fetch, send := r.rule(op)
	if op.Verb == vfs.VerbCreate {
		return send
	}
	return fetch
}

// Pace waits until n bytes may move.
func (r *Rate) Pace(ctx context.Context, op *vfs.Op, n int64) error {
	limit := r.limit(op)
	if limit <= 0 {
		return nil
	}
	l := r.limiter(op, limit)
	for n > 0 {
		part := min(n, int64(l.Burst()))
		if err := l.WaitN(ctx, int(part)); err != nil {
			return err
		}
		n -= part
	}
	return nil
}

// limiter returns the one of the operation's party, set to limit bytes a second.
func (r *Rate) limiter(op *vfs.Op, limit int64) *rate.Limiter {
	p := r.of(op)
	p.send = op.Verb == vfs.VerbCreate
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	b := r.buckets[p]
	if b == nil {
		r.forget(now)
		b = &bucket{limiter: rate.NewLimiter(rate.Limit(limit), burst(limit))}
		r.buckets[p] = b
	}
	b.used = now
	if b.limiter.Limit() != rate.Limit(limit) {
		b.limiter.SetLimit(rate.Limit(limit))
		b.limiter.SetBurst(burst(limit))
	}
	return b.limiter
}

// burst is how many bytes may move at once: a quarter of a second's, so that a page still loads at
// once and a rate is felt as one.
func burst(limit int64) int { return int(min(max(limit/4, 1), 4<<20)) }

// forget drops who was idle for a minute once there are many.
func (r *Rate) forget(now time.Time) {
	if len(r.buckets) < mostBuckets {
		return
	}
	for p, b := range r.buckets {
		if now.Sub(b.used) > time.Minute {
			delete(r.buckets, p)
		}
	}
}
