package server

import (
	"context"
	"io/fs"
	"slices"

	"portico/backend/access"
	"portico/backend/device"
	"portico/backend/share"
	"portico/backend/vfs"
)

// blocks is who is kept out, as the guard looks it up. It never changes.
type blocks struct {
	remotes map[string]string              // address → id
	visits  map[string]string              // the digest of a visitor's secret → id
	parties map[string]map[string]struct{} // identity → names of its devices
}

// visitsKept is how many secrets of a blocked visitor are remembered.
const visitsKept = 16

// judge makes the table of blocks anew. The caller holds mu, or nobody else has p yet.
func (p *people) judge() {
	b := &blocks{remotes: map[string]string{}, visits: map[string]string{}, parties: map[string]map[string]struct{}{}}
	for id, n := range p.notes {
		if !n.Blocked {
			continue
		}
		if who := single(n.Identity); who != "" {
			if b.parties[who] == nil {
				b.parties[who] = map[string]struct{}{}
			}
			b.parties[who][device.Name(n.Client)] = struct{}{}
			continue
		}
		b.remotes[n.Remote] = id
		for _, v := range n.Visits {
			b.visits[v] = id
		}
	}
	if len(b.remotes)+len(b.parties) == 0 {
		b = nil
	}
	p.blocks.Store(b)
}

// holds reports whether somebody is kept out.
func (b *blocks) holds(id access.Identity, o vfs.Origin) bool {
	if b == nil || id.Kind == access.Owner || o.Remote == "" {
		return false
	}
	if _, ok := b.remotes[o.Remote]; ok {
		return true
	}
	if _, ok := b.visits[o.Visit]; ok && o.Visit != "" {
		return true
	}
	for who := &id; who != nil && who.Kind != access.Link; who = who.Behind {
		if names := b.parties[who.String()]; names != nil {
			if _, ok := names[device.Name(o.Client)]; ok {
				return true
			}
		}
	}
	return false
}

// blockGuard keeps blocked devices out, whichever door they come through.
type blockGuard struct{ p *people }

var _ vfs.Admitter = blockGuard{}

func (blockGuard) Name() string { return "blocked devices" }

// Admit refuses a blocked device, in words that it may read.
func (g blockGuard) Admit(_ context.Context, op *vfs.Op) error {
	b := g.p.blocks.Load()
	if visit := op.Origin.Visit; visit != "" && (op.Verb == vfs.VerbList || op.Verb == vfs.VerbCreate) {
		g.p.showed(visit, op.Identity.String(), op.Origin.Remote, op.Origin.Client)
	}
	if !b.holds(op.Identity, op.Origin) {
		return nil
	}
	return &vfs.Error{Verb: string(op.Verb), Path: op.Asked, Err: fs.ErrPermission,
		Text: "this device was blocked by whoever runs this computer"}
}

// blocked reports whether a visitor of a share is kept out: nobody is asked about them.
func (s *Server) blocked(from share.Visitor) bool {
	return from.Remote.IsValid() && s.people.blocks.Load().holds(access.Identity{Kind: access.Link},
		vfs.Origin{Remote: from.Remote.Unmap().WithZone("").String(), Visit: from.Visit, Client: from.Client})
}

// cutBlocked ends what blocked devices move now.
func (s *Server) cutBlocked() {
	b := s.people.blocks.Load()
	for _, t := range s.tree.Transfers() {
		if b.holds(t.Identity, t.Origin) {
			s.tree.Stop(t.ID)
		}
	}
}

// secretsOf returns the secrets that a device showed. The caller holds mu.
func (p *people) secretsOf(id string) (out []string) {
	for visit, who := range p.visits {
		if who.id == id && len(out) < visitsKept {
			out = append(out, visit)
		}
	}
	slices.Sort(out)
	return out
}
