package vfs

import (
	"context"
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/vfs/driver"
)

// Usage returns the free and total bytes where name lies; total 0 means unknown. Free is what may
// still be written: the volume's floor is taken off, and where the identity may hold less than the disk
// does, the total is what it may hold. Above the volumes it is that of the roomiest, of those to which the
// identity may add: clients refuse by themselves to send what is larger than they are told.
func (s *Session) Usage(name string) (free, total int64, err error) {
	p, err := s.resolve(name, driver.WantInfo)
	defer p.close()
	if err == nil && p.vol != nil && !p.rights.Any(access.Read|access.Write|access.Get) && !p.passage {
		err = s.refusal(&p)
	}
	if missing(err) && p.vol != nil && p.rights.Has(access.Write) {
		err = nil // of a name that is about to be made
	}
	if err != nil {
		return 0, 0, problem(VerbStat, name, err)
	}
	if p.vol == nil {
		free, total = s.roomiest(&p)
		return free, total, nil
	}
	free, total, measured := s.measure(&p)
	if !measured {
		free, total, err = p.vol.room.get(s.ctx, p.vol, s.tree.now())
	}
	if err != nil {
		return 0, 0, problem(VerbStat, name, err)
	}
	free = max(0, free-p.vol.floor.Load())
	op := s.op(VerbCreate, &p)
	for _, g := range s.tree.guards.bound {
		if used, left, bounded := g.Bound(s.ctx, op); bounded {
			free = min(free, max(0, left))
			total = min(total, used+free)
		}
	}
	return free, total, nil
}

// roomiest looks at the volumes below a folder that only exists because of them, before all at those to
// which the identity may add.
func (s *Session) roomiest(p *place) (free, total int64) {
	policy, adds := s.tree.policy.Load(), false
	for _, at := range s.tree.mounts.Load().below(p.path) {
		name, ok := s.nameOf(at)
		if !ok {
			continue
		}
		f, t, err := s.Usage(name)
		if err != nil || t == 0 {
			continue // an absent disk has no room to tell of
		}
		if add := policy.Rights(s.id, at).Has(access.Write); add && !adds || add == adds && f >= free {
			free, total, adds = f, t, add
		}
	}
	return free, total
}

// roomCache remembers for a second how much room a volume has, so that asking per slice is cheap.
type roomCache struct {
	mu          sync.Mutex
	at          time.Time
	free, total int64
	err         error
}

func (r *roomCache) get(ctx context.Context, v *volume, now time.Time) (free, total int64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if age := now.Sub(r.at); r.at.IsZero() || age < 0 || age > time.Second {
		r.free, r.total, r.err = v.Driver.Usage(ctx)
		r.at = now
	}
	return r.free, r.total, r.err
}
