package fault

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"
)

const page = 4096

// PowerLoss kills, chooses by r what survives, and makes the inner storage hold exactly that. The inner
// driver stays open.
func (d *Driver) PowerLoss(ctx context.Context, r *rand.Rand) error {
	if d.image == nil {
		return errors.New("fault: made without power")
	}
	d.Kill()
	m := d.image
	m.mu.Lock()
	defer m.mu.Unlock()
	m.chooseNames(r, d.opts.AnyOrder)
	w := &rewriter{ctx: ctx, d: d.inner, content: map[*node]survivor{}, r: r}
	return w.run(m)
}

// chooseNames settles which changes of names survive.
func (m *image) chooseNames(r *rand.Rand, anyOrder bool) {
	until := r.IntN(len(m.log) + 1)
	for i, c := range m.log {
		if anyOrder && r.IntN(2) == 0 || !anyOrder && i >= until {
			continue
		}
		if c.possible() {
			for _, e := range c.edits {
				e.apply(func(n *node) map[string]*node { return n.safeNames })
			}
		}
	}
	m.log = nil
}

// possible: what is moved or removed must still be there, without the changes that were lost.
func (c *change) possible() bool {
	for _, e := range c.edits {
		if e.was != nil && e.in != nil && e.in.safeNames[e.name] != e.was {
			return false
		}
	}
	return true
}

// survivor is what a file holds after power loss.
type survivor struct {
	data    []byte
	time    time.Time
	journal []byte // nil: none
}

// survive chooses what is left of a file. One chance for the whole file, so that all, nothing and
// anything between come up.
func (n *node) survive(r *rand.Rand) survivor {
	s := survivor{data: slices.Clone(n.safe), time: n.time}
	chance := []float64{0, 0.5, 0.9, 1}[r.IntN(4)]
	for _, p := range n.pending {
		for _, piece := range p.pages() {
			if r.Float64() < chance {
				s.data, s.time = piece.apply(s.data, s.time)
			}
		}
	}
	if len(n.journals) > 0 {
		s.journal = n.journals[r.IntN(len(n.journals))]
	}
	return s
}

// pages cuts a write at the borders of pages.
func (p patch) pages() []patch {
	if p.cut || !p.stamp.IsZero() {
		return []patch{p}
	}
	var all []patch
	for off, data := p.off, p.data; len(data) > 0; {
		n := min(int64(len(data)), page-off%page)
		all = append(all, patch{off: off, data: data[:n]})
		off, data = off+n, data[n:]
	}
	return all
}
