package quota

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs"
)

// amount is room for bytes and files.
type amount struct{ bytes, files int64 }

func (a amount) plus(b amount) amount { return amount{a.bytes + b.bytes, a.files + b.files} }
func (a amount) less(b amount) amount { return amount{a.bytes - b.bytes, a.files - b.files} }
func (a amount) most(b amount) amount { return amount{max(a.bytes, b.bytes), max(a.files, b.files)} }

// purse is what is known of one Purse.
type purse struct {
	of     Purse
	mu     sync.Mutex
	stored amount // at least what is stored: counted, and added to since
	leased amount // to what is under way

	turn    uint64 // of Guard, when it was counted; 0 never
	counted time.Time
	took    time.Duration
}

func (p *purse) used() amount { return p.stored.plus(p.leased) }

// lease is what one operation holds of its purses: of each the same.
type lease struct {
	mu     sync.Mutex
	purses []*purse // in the order in which they are locked; nil: it has ended
	amount amount
}

func (g *Guard) purse(of Purse) *purse {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.purses[of]
	if p == nil {
		p = &purse{of: of}
		g.purses[of] = p
	}
	return p
}

// leaseOf returns the lease of an operation, and makes one where there is none.
func (g *Guard) leaseOf(key any, bounds []Bound) *lease {
	g.mu.Lock()
	l := g.leases[key]
	g.mu.Unlock()
	if l != nil {
		return l
	}
	l = &lease{}
	for _, b := range bounds {
		l.purses = append(l.purses, g.purse(b.Purse))
	}
	slices.SortFunc(l.purses, func(a, b *purse) int { return cmp.Or(cmp.Compare(a.of.Kind, b.of.Kind), cmp.Compare(a.of.ID, b.of.ID)) })
	return l
}

// take lets an operation hold need in all, and as much of want as there is room for.
func (g *Guard) take(ctx context.Context, key any, op *vfs.Op, need, want amount) error {
	bounds := g.rule(op)
	if len(bounds) == 0 {
		return nil
	}
	l := g.leaseOf(key, bounds)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.purses == nil {
		return nil // it has ended, and whoever asks will find out
	}
	for _, p := range l.purses {
		p.mu.Lock()
		defer p.mu.Unlock()
	}
	more := need.most(l.amount).less(l.amount)
	if (more == amount{}) && l.amount.bytes > 0 {
		return nil // leased before
	}
	for _, p := range l.purses {
		i := slices.IndexFunc(bounds, func(b Bound) bool { return b.Purse == p.of })
		if i < 0 {
			continue // its volume went meanwhile
		}
		if err := g.fits(ctx, p, more, bounds[i], op.Identity); err != nil {
			return err
		}
		if b := bounds[i].Bytes; b > 0 && p.used().bytes+want.bytes-l.amount.bytes > b {
			want = need
		}
	}
	after := want.most(l.amount)
	for _, p := range l.purses {
		p.leased = p.leased.plus(after.less(l.amount))
	}
	l.amount = after
	g.mu.Lock()
	g.leases[key] = l
	g.mu.Unlock()
	return nil
}

// fits reports vfs.ErrQuota when more is too much. Before it refuses it counts again: something may
// have been removed since.
func (g *Guard) fits(ctx context.Context, p *purse, more amount, b Bound, who access.Identity) error {
	if b.Bytes == 0 && b.Files == 0 {
		return nil
	}
	for counted := false; ; counted = true {
		if p.turn == 0 || counted && g.stale(p) {
			if err := g.count(ctx, p); err != nil {
				return err
			}
			counted = true
		}
		used := p.used()
		bytes := b.Bytes == 0 || used.bytes+more.bytes <= b.Bytes && (more.bytes > 0 || used.bytes < b.Bytes)
		files := b.Files == 0 || used.files+more.files <= b.Files
		switch {
		case bytes && files:
			return nil
		case counted:
			return refusal(b, used, !bytes)
		}
	}
}

// stale reports whether counting again may say something new. Where nothing ended here since, time
// alone may have emptied the trash: then it is asked less often the longer it takes.
func (g *Guard) stale(p *purse) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return p.turn != g.turn+1 || time.Since(p.counted) > 20*p.took
}

// count asks the store what is stored; the caller holds the purse.
func (g *Guard) count(ctx context.Context, p *purse) error {
	g.mu.Lock()
	turn := g.turn + 1
	g.mu.Unlock()
	begun := time.Now()
	var t store.Taken
	err := g.store.Read(context.WithoutCancel(ctx), func(tx *store.Tx) (err error) {
		switch p.of.Kind {
		case Through:
			t, err = tx.TakenThrough(uint8(access.Device), p.of.ID)
		case Within:
			t, err = tx.TakenIn(p.of.ID)
		default:
			t, err = tx.TakenBy(p.of.ID)
		}
		return err
	})
	if err == nil {
		p.stored = amount{t.Bytes, t.Files}
		p.turn, p.counted, p.took = turn, time.Now(), time.Since(begun)
	}
	return err
}

// refusal says in words what is used up.
func refusal(b Bound, used amount, bytes bool) error {
	err := &vfs.Error{Err: vfs.ErrQuota}
	switch {
	case b.Silent:
		err.Text = b.Who + " has no room left for this"
	case bytes:
		err.Text = fmt.Sprintf("%s may hold %s, and %s of it are used", b.Who, event.Bytes(b.Bytes), event.Bytes(min(used.bytes, b.Bytes)))
	default:
		err.Text = fmt.Sprintf("%s may hold %d files, and there are %d", b.Who, b.Files, used.files)
	}
	return err
}
