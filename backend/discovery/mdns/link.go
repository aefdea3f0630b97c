package mdns

import (
	"errors"
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"portico/backend/discovery/group"
)

func group4() netip.AddrPort { return netip.MustParseAddrPort("224.0.0.251:5353") }
func group6() netip.AddrPort { return netip.MustParseAddrPort("[ff02::fb]:5353") }

// link is one interface. It has sockets of its own, because not every system tells of a packet where it
// came in, or lets one choose where it leaves.
type link struct {
	net.Interface
	sockets []*socket  // for IPv4, IPv6 or both
	pace    group.Pace // of answers to one alone
}

// socket is one of them, and where everybody hears it.
type socket struct {
	*net.UDPConn
	group netip.AddrPort
}

// openLink takes part by IPv4 and IPv6, or by what of it there is.
func openLink(i net.Interface) (*link, error) {
	l := &link{Interface: i}
	var errs []error
	for _, open := range []func(*net.Interface) (*socket, error){open4, open6} {
		s, err := open(&i)
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

func open4(i *net.Interface) (*socket, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 0, 0), Port: port}) // shared with others
	if err != nil {
		return nil, err
	}
	p, to := ipv4.NewPacketConn(c), group4()
	_ = p.SetBPF(group.Filter(to.Addr(), i.Index)) // of what other systems deliver, place.near is the judge
	if err := errors.Join(p.JoinGroup(i, net.UDPAddrFromAddrPort(to)), p.SetMulticastInterface(i), p.SetMulticastTTL(255)); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &socket{c, to}, nil
}

func open6(i *net.Interface) (*socket, error) {
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.ParseIP("ff02::"), Port: port})
	if err != nil {
		return nil, err
	}
	p, to := ipv6.NewPacketConn(c), group6()
	_ = p.SetBPF(group.Filter(to.Addr(), i.Index))
	if err := errors.Join(p.JoinGroup(i, net.UDPAddrFromAddrPort(to)), p.SetMulticastInterface(i), p.SetMulticastHopLimit(255)); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &socket{c, netip.AddrPortFrom(to.Addr().WithZone(i.Name), to.Port())}, nil
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
	socket *socket
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
