package quota

import (
	"context"
	"time"

	"portico/backend/vfs"
)

// Bound tells how much whoever op speaks for may still store there: the least that any of its purses
// leaves, but for those of which nothing is told. It may be as old as counting is slow.
func (g *Guard) Bound(ctx context.Context, op *vfs.Op) (used, left int64, bounded bool) {
	for _, b := range g.rule(op) {
		if b.Bytes == 0 || b.Silent {
			continue
		}
		p := g.purse(b.Purse)
		p.mu.Lock()
		var err error
		if p.turn == 0 || g.stale(p) && time.Since(p.counted) > 20*p.took {
			err = g.count(ctx, p)
		}
		held := p.used().bytes
		p.mu.Unlock()
		if err != nil {
			continue // a write says so
		}
		if !bounded || b.Bytes-held < left {
			used, left, bounded = held, b.Bytes-held, true
		}
	}
	return used, left, bounded
}
