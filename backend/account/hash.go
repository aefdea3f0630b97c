package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"
)

// Cost of argon2id. It is written into every hash, so it can be raised: a hash of another cost is
// made anew when its owner signs in.
type Cost struct {
	MemoryKiB uint32
	Time      uint32
	Threads   uint8
}

// DefaultCost is about 50 ms of two cores and 64 MiB while it lasts.
var DefaultCost = Cost{MemoryKiB: 64 << 10, Time: 2, Threads: 2}

const (
	hashesAtOnce = 2  // each takes its 64 MiB
	hashesQueued = 32 // more are told to come back
	saltLength   = 16
	hashLength   = 32
)

var errHash = errors.New("not an argon2id hash that can be used")

// hasher computes argon2id, a bounded number at once and a bounded number waiting.
type hasher struct {
	cost    Cost
	slots   atomic.Pointer[chan struct{}]
	waiting atomic.Int32
	made    atomic.Int64
}

func newHasher(cost Cost) *hasher { return &hasher{cost: cost} }

// resize changes how many are computed at once; those that run do not count among the new ones.
func (h *hasher) resize(checks int) {
	if now := h.slots.Load(); now != nil && cap(*now) == checks {
		return
	}
	slots := make(chan struct{}, checks)
	h.slots.Store(&slots)
}

// phc is a hash in its readable form: $argon2id$v=19$m=65536,t=2,p=2$SALT$HASH.
type phc struct {
	cost Cost
	salt []byte
	hash []byte
}

func (p phc) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.cost.MemoryKiB, p.cost.Time,
		p.cost.Threads, enc.EncodeToString(p.salt), enc.EncodeToString(p.hash))
}

// parsePHC reads what String wrote. Costs that would stop this computer are refused.
func parsePHC(text string) (p phc, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.cost.MemoryKiB, &p.cost.Time, &p.cost.Threads); err != nil {
		return phc{}, errHash
	}
	enc := base64.RawStdEncoding.Strict()
	if p.salt, err = enc.DecodeString(parts[4]); err != nil {
		return phc{}, errHash
	}
	if p.hash, err = enc.DecodeString(parts[5]); err != nil {
		return phc{}, errHash
	}
	c := p.cost
	if c.MemoryKiB < 8 || c.MemoryKiB > 1<<20 || c.Time < 1 || c.Time > 16 || c.Threads < 1 || c.Threads > 16 ||
		len(p.salt) < 8 || len(p.salt) > 64 || len(p.hash) < 16 || len(p.hash) > 64 || p.String() != text {
		return phc{}, errHash
	}
	return p, nil
}

// make hashes a secret with a fresh salt.
func (h *hasher) make(ctx context.Context, secret string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt)
	p := phc{cost: h.cost, salt: salt, hash: make([]byte, hashLength)}
	if err := h.fill(ctx, &p, secret, true); err != nil {
		return "", err
	}
	return p.String(), nil
}

// patient hashes a secret with a given salt, however many are waiting.
func (h *hasher) patient(ctx context.Context, secret string, salt []byte) (string, error) {
	p := phc{cost: h.cost, salt: salt, hash: make([]byte, hashLength)}
	if err := h.fill(ctx, &p, secret, false); err != nil {
		return "", err
	}
	return p.String(), nil
}

// verify compares a secret with a hash. An empty or unreadable hash costs as much as any and never
// matches. stale: it matches, and was made with another cost than today's.
func (h *hasher) verify(ctx context.Context, text, secret string) (ok, stale bool, err error) {
	want, bad := parsePHC(text)
	if bad != nil {
		want = phc{h.cost, make([]byte, saltLength), make([]byte, hashLength)}
	}
	got := phc{want.cost, want.salt, make([]byte, len(want.hash))}
	if err := h.fill(ctx, &got, secret, true); err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(got.hash, want.hash) == 1 && bad == nil
	return ok, ok && want.cost != h.cost, nil
}

// fill computes p.hash. bounded: it refuses when too many are waiting.
func (h *hasher) fill(ctx context.Context, p *phc, secret string, bounded bool) error {
	if bounded {
		if h.waiting.Add(1) > hashesQueued {
			h.waiting.Add(-1)
			return ErrTooMany{RetryAfter: 2 * time.Second}
		}
		defer h.waiting.Add(-1)
	}
	slots := *h.slots.Load()
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-slots }()
	h.made.Add(1)
	p.hash = argon2.IDKey([]byte(spelled(secret)), p.salt, p.cost.Time, p.cost.MemoryKiB, p.cost.Threads, uint32(len(p.hash)))
	return nil
}

// Hash makes an argon2id hash of a secret that a person chose, for other rooms that keep one.
// ErrSecret when it is empty or too long, ErrTooMany when too many are being made.
func (a *Accounts) Hash(ctx context.Context, secret string) (string, error) {
	if err := checkSecret(secret); err != nil {
		return "", err
	}
	return a.hasher.make(ctx, secret)
}

// Verify compares a secret with what Hash returned. It costs as much for an empty hash.
func (a *Accounts) Verify(ctx context.Context, hash, secret string) (bool, error) {
	if len(secret) > maxSecret {
		return false, nil
	}
	ok, _, err := a.hasher.verify(ctx, hash, secret)
	return ok, err
}
