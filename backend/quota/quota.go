// Package quota holds the guard that bounds how much is stored.
//
// What counts is what was stored through this program: files, what lies in the trash, earlier
// contents, and unfinished uploads. It is counted in purses: one for whoever pays (an account, with
// its links, tokens and devices), one for each device, one for each volume. Uploads of unknown size
// lease room slice by slice, so that many at once cannot all pass one check.
//
// It knows sizes and parties, from the store and from the guard's moments; it opens no file and knows
// no door. How much a purse may hold it is told by a rule.
package quota

import (
	"context"
	"sync"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs"
)

// Kind says what a purse holds.
type Kind int

const (
	Paid    Kind = iota // what somebody pays for (vfs.Payer): ID is the identity as text
	Through             // what came through one device: ID is the device's
	Within              // what was stored in one volume: ID is its name
)

// Purse names what is counted together.
type Purse struct {
	Kind Kind
	ID   string
}

// PaidBy is the purse of whoever pays for what an identity does.
func PaidBy(id access.Identity) Purse { return Purse{Paid, vfs.Payer(id).String()} }

// Bound says how much a purse may hold.
type Bound struct {
	Purse
	Bytes, Files int64  // 0: no bound
	Who          string // begins the sentence of a refusal: "You", "This folder"
	Silent       bool   // how much may be stored is nothing for whoever asks
}

// Rule says which purses an operation takes from, also those that nothing bounds: they are counted all
// the same, for a bound may come. It is asked often and must be quick.
type Rule func(op *vfs.Op) []Bound

// slice is how much room an upload of unknown size takes in advance.
const slice = 4 << 20

// Guard bounds what is stored. It implements vfs.Admitter, vfs.Grower and vfs.Releaser.
type Guard struct {
	store *store.Store
	rule  Rule

	mu     sync.Mutex
	purses map[Purse]*purse
	leases map[any]*lease // by the id of a pending write, or by the operation
	turn   uint64         // moves with everything that ended
}

var (
	_ vfs.Admitter = (*Guard)(nil)
	_ vfs.Grower   = (*Guard)(nil)
	_ vfs.Releaser = (*Guard)(nil)
	_ vfs.Bounder  = (*Guard)(nil)
)

// New makes the guard.
func New(s *store.Store, rule Rule) *Guard {
	return &Guard{store: s, rule: rule, purses: make(map[Purse]*purse), leases: make(map[any]*lease)}
}

// Name is the guard's.
func (g *Guard) Name() string { return "quota" }

// Used returns how many bytes and files a purse holds, with what is under way.
func (g *Guard) Used(ctx context.Context, of Purse) (bytes, files int64, err error) {
	p := g.purse(of)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := g.count(ctx, p); err != nil {
		return 0, 0, err
	}
	used := p.used()
	return used.bytes, used.files, nil
}

// adds reports whether an operation may need room, and which it is.
func adds(op *vfs.Op) (key any, ok bool) {
	switch op.Verb {
	case vfs.VerbCreate:
		return op.Write, true
	case vfs.VerbCopy, vfs.VerbRename: // a rename may lead into another volume
		return op, true
	}
	return nil, false
}

// Admit leases the room of what announces its size, and refuses everything that adds once a bound is
// reached.
func (g *Guard) Admit(ctx context.Context, op *vfs.Op) error {
	key, ok := adds(op)
	if !ok {
		return nil
	}
	need := amount{max(op.Size, 0), max(op.Files, 0)}
	if op.Verb == vfs.VerbCreate {
		need.files = newFiles(op)
	}
	return g.take(ctx, key, op, need, need)
}

// newFiles is how many files a write adds. One whose name is taken replaces, as a rule; where both
// are kept it is found out at the next count.
func newFiles(op *vfs.Op) int64 {
	if op.Exists {
		return 0
	}
	return 1
}

// Grow extends the lease of an upload before its bytes are written.
func (g *Guard) Grow(ctx context.Context, op *vfs.Op, total int64) error {
	need := amount{total, newFiles(op)}
	want := amount{(total + slice - 1) / slice * slice, need.files}
	return g.take(ctx, op.Write, op, need, want)
}

// Release gives a lease back. What was committed counts as stored from then on; what it replaced is
// found out at the next count.
func (g *Guard) Release(_ context.Context, op *vfs.Op, committed bool, size int64) {
	key, ok := adds(op)
	g.mu.Lock()
	g.turn++
	l := g.leases[key]
	delete(g.leases, key)
	g.mu.Unlock()
	if !ok || l == nil {
		return
	}
	stored := amount{size, op.Files}
	if op.Verb == vfs.VerbCreate {
		stored.files = 1
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.purses {
		p.mu.Lock()
		p.leased = p.leased.less(l.amount)
		if committed {
			p.stored = p.stored.plus(stored)
		}
		p.mu.Unlock()
	}
	l.purses = nil
}
