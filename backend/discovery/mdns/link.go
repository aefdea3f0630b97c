package mdns

import (
	"errors"
	"net"
	"net/netip"

	"portico/backend/discovery/group"
)

const hops = 255 // RFC 6762, 11

func group4() netip.AddrPort { return netip.MustParseAddrPort("224.0.0.251:5353") }
func group6() netip.AddrPort { return netip.MustParseAddrPort("[ff02::fb]:5353") }

// link is one interface.
type link struct {
	net.Interface
	sockets []*group.Socket // for IPv4, IPv6 or both
	pace    group.Pace      // of answers to one alone
}

// openLink takes part by IPv4 and IPv6, or by what of it there is.
func openLink(i net.Interface) (*link, error) {
	l := &link{Interface: i}
	var errs []error
	for _, to := range []netip.AddrPort{group4(), group6()} {
		s, err := group.Open(&i, to, hops)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		l.sockets = append(l.sockets, s)
	}
	if len(l.sockets) == 0 {
		return nil, errors.Join(errs...)
	}
	return l, nil
}

// send says something to the group.
func (l *link) send(packet []byte) {
	for _, s := range l.sockets {
		s.Say(packet)
	}
}

func (l *link) close() (err error) {
	for _, s := range l.sockets {
		err = errors.Join(err, s.Close())
	}
	return err
}

// place is where one packet was heard, and from whom.
type place struct {
	*link
	socket *group.Socket
	from   netip.AddrPort
	own    ownAddresses // of the link, once somebody asked for them
}

// addresses are those of this computer there, read when a packet is about us: most are not.
func (at *place) addresses() ownAddresses {
	if at.own == nil {
		at.own = addressesOf(at.Index)
	}
	return at.own
}

// near reports whether the packet came from the link; others are not listened to (RFC 6762, 11).
func (at *place) near() bool { return at.addresses().near(at.from.Addr()) }
