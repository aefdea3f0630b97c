// Package quota holds the guard that bounds how many bytes somebody's files may take.
//
// What counts is what an account stored through this program: files, what lies in the trash, earlier
// contents, and unfinished uploads; also what came through its links, tokens and devices. Uploads of
// unknown size lease room slice by slice, so that many at once cannot all pass one check.
//
// It knows sizes and parties, from the store and from the guard's moments; it opens no file and knows
// no door. How much somebody may store it is told by a rule.
package quota

import (
	"context"
	"fmt"
	"sync"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs"
)

// Rule says how many bytes whoever pays (vfs.Payer: an account, the owner, the guest) may store;
// limited is false where there is no bound. It is asked often and must be quick.
type Rule func(payer access.Identity) (bytes int64, limited bool)

// lease is how much room an upload of unknown size takes in advance.
const lease = 4 << 20

// Guard bounds what is stored. It implements vfs.Admitter, vfs.Grower and vfs.Releaser.
type Guard struct {
	store *store.Store
	rule  Rule

	mu     sync.Mutex
	payers map[string]*account
}

var (
	_ vfs.Admitter = (*Guard)(nil)
	_ vfs.Grower   = (*Guard)(nil)
	_ vfs.Releaser = (*Guard)(nil)
)

// account is what is known of one payer.
type account struct {
	mu     sync.Mutex
	known  bool
	stored int64            // at least what is stored: counted, and added to since
	leased map[string]int64 // by pending write
	total  int64            // of leased
	copies int64            // bytes of copies that are under way
}

// New makes the guard.
func New(s *store.Store, rule Rule) *Guard {
	return &Guard{store: s, rule: rule, payers: make(map[string]*account)}
}

// Name is the guard's.
func (g *Guard) Name() string { return "quota" }

// Used returns how many bytes a payer's files and unfinished uploads take.
func (g *Guard) Used(ctx context.Context, payer access.Identity) (int64, error) {
	a := g.account(payer)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := g.count(ctx, a, payer); err != nil {
		return 0, err
	}
	return a.stored + a.total + a.copies, nil
}

func (g *Guard) account(payer access.Identity) *account {
	key := payer.String()
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.payers[key]
	if a == nil {
		a = &account{leased: make(map[string]int64)}
		g.payers[key] = a
	}
	return a
}

// Admit leases the room of what announces its size, and refuses everything that adds once the bound is
// reached.
func (g *Guard) Admit(ctx context.Context, op *vfs.Op) error {
	if op.Verb != vfs.VerbCreate && op.Verb != vfs.VerbCopy {
		return nil
	}
	payer := vfs.Payer(op.Identity)
	limit, limited := g.rule(payer)
	a := g.account(payer)
	a.mu.Lock()
	defer a.mu.Unlock()
	more := max(op.Size, 0)
	if op.Verb == vfs.VerbCopy {
		if err := g.fits(ctx, a, payer, more, limit, limited); err != nil {
			return err
		}
		a.copies += more
		return nil
	}
	return g.extend(ctx, a, payer, op.Write, more, more, limit, limited)
}

// Grow extends the lease of an upload before its bytes are written. While limits do not bound it, it
// keeps count all the same, for a bound may come.
func (g *Guard) Grow(ctx context.Context, op *vfs.Op, total int64) error {
	payer := vfs.Payer(op.Identity)
	limit, limited := g.rule(payer)
	a := g.account(payer)
	a.mu.Lock()
	defer a.mu.Unlock()
	if total <= a.leased[op.Write] {
		return nil
	}
	return g.extend(ctx, a, payer, op.Write, total, (total+lease-1)/lease*lease, limit, limited)
}

// extend lets a write take need bytes in all, and as much of want as there is room for.
func (g *Guard) extend(ctx context.Context, a *account, payer access.Identity, write string, need, want, limit int64, limited bool) error {
	have := a.leased[write]
	if need < have {
		return nil
	}
	if err := g.fits(ctx, a, payer, need-have, limit, limited); err != nil {
		return err
	}
	if room := limit - a.stored - a.total - a.copies; limited && want-have > room {
		want = need
	}
	a.leased[write] = want
	a.total += want - have
	return nil
}

// fits reports vfs.ErrQuota when more bytes are too many. Before it refuses it counts again: something
// may have been removed since.
func (g *Guard) fits(ctx context.Context, a *account, payer access.Identity, more, limit int64, limited bool) error {
	if !limited {
		return nil
	}
	for counted := false; ; counted = true {
		if !a.known || counted {
			if err := g.count(ctx, a, payer); err != nil {
				return err
			}
			counted = true
		}
		used := a.stored + a.total + a.copies
		switch {
		case used+more <= limit && (more > 0 || used < limit || limit == 0 && used == 0):
			return nil
		case counted:
			return &vfs.Error{Err: vfs.ErrQuota, Text: fmt.Sprintf("%d of %d bytes are used", used, limit)}
		}
	}
}

// count asks the store what is stored.
func (g *Guard) count(ctx context.Context, a *account, payer access.Identity) error {
	err := g.store.Read(context.WithoutCancel(ctx), func(tx *store.Tx) (err error) {
		a.stored, err = tx.Stored(payer.String())
		return err
	})
	a.known = err == nil
	return err
}

// Release gives a lease back. What was committed counts as stored from then on; what it replaced is
// found out at the next count.
func (g *Guard) Release(_ context.Context, op *vfs.Op, committed bool, size int64) {
	if op.Verb != vfs.VerbCreate && op.Verb != vfs.VerbCopy {
		return
	}
	a := g.account(vfs.Payer(op.Identity))
	a.mu.Lock()
	defer a.mu.Unlock()
	if op.Verb == vfs.VerbCopy {
		a.copies -= max(op.Size, 0)
	} else {
		a.total -= a.leased[op.Write]
		delete(a.leased, op.Write)
	}
	if committed {
		a.stored += size
	}
}
