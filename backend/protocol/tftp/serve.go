package tftp

import (
	"context"
	"errors"
	"net/netip"

	"portico/backend/access"
	"portico/backend/listen"
	"portico/backend/protocol/entry"
)

// serve answers the requests of one port. It waits for nothing but them.
func (d *Door) serve(p *port) {
	buf, extra := make([]byte, requestLimit), make([]byte, 256)
	for {
		a, err := p.next(buf, extra)
		if err != nil {
			return
		}
		if !d.answered(a.from.Addr()) {
			d.o.Listen.TurnAway(a.from.Addr(), unanswered())
			continue
		}
		r, err := parseRequest(a.packet)
		if err != nil {
			d.misread(p, a, err)
			continue
		}
		if knock := d.o.Listen.Knock; knock != nil {
			knock(a.from.Addr().WithZone(""))
		}
		at, ok := p.answers(a)
		if !ok {
			continue
		}
		t, full := d.crowd.enter(a.from, a.packet)
		if t == nil {
			if full {
				d.o.Listen.TurnAway(a.from.Addr(), crowded())
			}
			continue
		}
		a.packet = nil // the next one comes there
		d.work.Go(func() {
			defer d.crowd.leave(t)
			defer d.mend(a.from)
			if most, alone := a.reach(); alone {
				d.transfer(t, at, most, r)
			}
		})
	}
}

// answered reports whether somebody at that address is answered at all.
func (d *Door) answered(from netip.Addr) bool {
	from = from.WithZone("")
	for _, n := range d.o.Networks {
		if n.Contains(from) {
			return true
		}
	}
	return false
}

// misread says what is wrong with a request. What is none at all is not answered: it may be somebody's
// answer, and two servers that refuse each other's refusals never end.
func (d *Door) misread(p *port, a asked, err error) {
	text := "That request cannot be read."
	switch {
	case errors.Is(err, errMode):
		text = "Only the modes octet and netascii are spoken here."
	case len(a.packet) < 2 || a.packet[0] != 0 || a.packet[1] != opRead && a.packet[1] != opWrite:
		if len(a.packet) < 2 || a.packet[0] != 0 || a.packet[1] > opOptions {
			d.o.Listen.TurnAway(a.from.Addr(), listen.Foreign("TFTP"))
		}
		return
	}
	// The client asks again when it is lost.
	_, _ = p.conn.WriteToUDPAddrPort(errorPacket(illegal, text), a.from)
}

// transfer answers one request.
func (d *Door) transfer(t *transfer, at netip.Addr, most int, r request) {
	s, err := openSocket(at, t.peer, d.o.Wait)
	if err != nil {
		d.o.Log.Warn("a request could not be answered", "remote", t.peer, "error", err)
		return
	}
	defer s.conn.Close()
	if !d.crowd.open(t, s) {
		return
	}
	if r.write {
		err = d.upload(t, s, most, r)
	} else {
		err = d.download(s, most, r)
	}
	if err == nil || d.crowd.left(t) {
		return // or its client speaks of something else by now
	}
	var gave *peerError
	if errors.As(err, &gave) || errors.Is(err, errSilent) {
		d.o.Log.Info("a transfer was not finished", "remote", t.peer, "name", r.name, "error", err)
		return
	}
	c, text := refusal(err)
	if c == undefined && !known(err) {
		d.o.Log.Warn("a transfer failed", "remote", t.peer, "name", r.name, "error", err)
	}
	d.tell(t.peer.Addr(), r, err)
	_ = s.send(errorPacket(c, text))
}

// who says who asks from an address.
func (d *Door) who(ctx context.Context, from netip.Addr) (access.Identity, error) {
	name, known := d.o.Names.At(from)
	if !known {
		return d.o.Entry.Guest()
	}
	return d.o.Entry.Named(ctx, name)
}

func client(from netip.Addr) entry.Client {
	return entry.Client{Door: label, Remote: from.WithZone(""), Alone: true}
}
