package server

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"portico/backend/api"
	"portico/backend/device"
	"portico/backend/event"
	"portico/backend/problem"
)

// People returns who is here and was within a day, and who is blocked.
func (d admin) People(ctx context.Context) ([]api.Person, error) {
	select {
	case <-d.s.people.ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-d.s.life.Done():
		return nil, context.Canceled
	}
	here := d.s.connected()
	p := d.s.people
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []api.Person
	for id, one := range p.known {
		row := p.row(one, d.s.now())
		row.Here = here[one.remote] || d.s.arrivals.within(one.remote)
		if row.Here || row.Blocked || d.s.now().Sub(one.last) < day {
			out = append(out, row)
		} else {
			delete(p.known, id)
		}
	}
	for id, n := range p.notes {
		if n.Blocked && p.known[id] == nil {
			out = append(out, p.row(&somebody{id: id, identity: n.Identity, as: n.As, remote: n.Remote, client: n.Client, first: n.First, last: n.Last}, d.s.now()))
		}
	}
	slices.SortFunc(out, func(a, b api.Person) int { return cmp.Or(cmp.Compare(b.Last, a.Last), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// connected returns the addresses from which something is open now.
func (s *Server) connected() map[string]bool {
	out := make(map[string]bool)
	for _, g := range s.gates {
		d, _, _ := g.now()
		if c, ok := d.(interface{ Connected() []netip.Addr }); ok {
			for _, a := range c.Connected() {
				out[a.String()] = true
			}
		}
	}
	for _, t := range s.tree.Transfers() {
		out[t.Origin.Remote] = true
	}
	return out
}

// row is a person as the API tells it. The caller holds mu.
func (p *people) row(one *somebody, now time.Time) api.Person {
	n := p.notes[one.id]
	out := api.Person{
		ID: one.id, Name: cmp.Or(n.Name, device.Name(one.client)), Named: n.Name != "", As: one.as, Remote: one.remote, Client: one.client,
		First: one.first.UnixMilli(), Last: one.last.UnixMilli(), Shares: append([]string{}, one.titles...), Blocked: n.Blocked,
	}
	since := now.Add(-day).Unix() / 3600
	for _, h := range one.hours {
		if h.of > since {
			out.Files, out.Bytes = out.Files+h.files, out.Bytes+h.bytes
		}
	}
	if n.Blocked {
		out.Means = means(one, len(n.Visits) > 0)
	}
	return out
}

// means says honestly what a block can do.
func means(one *somebody, secrets bool) string {
	if one.as != "" && single(one.identity) != "" {
		return "“" + one.as + "” gets nothing from " + device.Name(one.client) + " any more, through any door. The same account on another kind of device still works; to end that, change its password."
	}
	text := "Nothing from the address " + one.remote
	if secrets {
		text += ", or from this browser at another address,"
	}
	return text + " gets in any more, through any door. A device that changes both is a new one to this computer: a password on the share keeps it out for certain."
}

// ChangePerson names, blocks or lets in a device.
func (d admin) ChangePerson(ctx context.Context, id string, to api.PersonChange) (api.Person, error) {
	ctx = context.WithoutCancel(ctx)
	p := d.s.people
	p.mu.Lock()
	one, n := p.known[id], p.notes[id]
	if one == nil && !n.Blocked {
		p.mu.Unlock()
		return api.Person{}, problem.Absent()
	}
	if one == nil {
		one = &somebody{id: id, identity: n.Identity, as: n.As, remote: n.Remote, client: n.Client, first: n.First, last: n.Last}
	}
	n.At, n.Identity, n.As, n.Remote, n.Client, n.First, n.Last = d.s.now(), one.identity, one.as, one.remote, one.client, one.first, one.last
	if to.Name != nil {
		n.Name = strings.TrimSpace(*to.Name)
	}
	if to.Blocked != nil {
		n.Blocked, n.Visits = *to.Blocked, nil
		if n.Blocked {
			n.Visits = p.secretsOf(id)
		}
	}
	own := n.Blocked && single(n.Identity) == "" && d.s.itself(n.Remote)
	p.mu.Unlock()
	if own {
		return api.Person{}, refused("WHO-SELF-01", "That is this computer", "A block goes by the address, and this is an address of this computer itself.", "Stop the share instead.")
	}
	if err := d.s.keepNote(ctx, id, &n); err != nil {
		return api.Person{}, err
	}
	p.mu.Lock()
	p.notes[id] = n
	p.judge()
	row := p.row(one, d.s.now())
	p.mu.Unlock()
	row.Here = d.s.connected()[one.remote] || d.s.arrivals.within(one.remote)
	if to.Blocked != nil {
		d.s.shares.BlockedChanged()
		text := "You let " + row.Name + " in again"
		if *to.Blocked {
			text = "You blocked " + row.Name
			d.s.cutBlocked()
		}
		d.s.tell(event.Event{Kind: event.Notice, Remote: "", Code: "WHO-BLOCK-01", Text: text + " (" + n.Remote + ")"})
	}
	return row, nil
}

// ForgetPerson drops what is known of a device.
func (d admin) ForgetPerson(ctx context.Context, id string) error {
	ctx = context.WithoutCancel(ctx)
	newest, err := d.s.store.NewestEvent(ctx)
	if err != nil {
		return err
	}
	p := d.s.people
	p.mu.Lock()
	_, noted := p.notes[id]
	known := p.known[id] != nil
	p.mu.Unlock()
	if !noted && !known {
		return problem.Absent()
	}
	// What the log tells of the past day would bring it back at the next start.
	n := note{Forgot: newest, At: d.s.now()}
	if err := d.s.keepNote(ctx, id, &n); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes[id] = n
	delete(p.known, id)
	p.judge()
	d.s.shares.BlockedChanged()
	return nil
}

// Arrivals tells who comes.
func (d admin) Arrivals() (<-chan api.Arrival, func()) { return d.s.arrivals.listen() }

// itself reports whether an address is one of this computer.
func (s *Server) itself(remote string) bool {
	a, err := netip.ParseAddr(remote)
	return err == nil && (a.IsLoopback() || s.own(a))
}

// own reports whether an address is one of this computer's networks' addresses.
func (s *Server) own(a netip.Addr) bool { return slices.Contains(s.addrs.all(), a.WithZone("")) }
