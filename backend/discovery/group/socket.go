package group

import (
	"errors"
	"net"
	"net/netip"
	"strconv"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Socket takes part in a group on one interface. Every interface has its own, because not every system
// tells of a packet where it came in, or lets one choose where it leaves. Other programs of this computer
// may have the same port. Several goroutines may use one.
type Socket struct {
	*net.UDPConn
	to netip.AddrPort
}

// Open begins to take part. Packets to the group go over at most some hops.
func Open(i *net.Interface, to netip.AddrPort, hops int) (*Socket, error) {
	network := "udp6"
	if to.Addr().Is4() {
		network = "udp4"
	}
	at := net.UDPAddrFromAddrPort(to)
	c, err := net.ListenUDP(network, at) // shared, because it is a group
	if err != nil {
		return nil, err
	}
	filter := Filter(to.Addr(), i.Index) // of what other systems deliver, whoever reads is the judge
	if to.Addr().Is4() {
		p := ipv4.NewPacketConn(c)
		_ = p.SetBPF(filter)
		err = errors.Join(p.JoinGroup(i, at), p.SetMulticastInterface(i), p.SetMulticastTTL(hops))
	} else {
		p := ipv6.NewPacketConn(c)
		_ = p.SetBPF(filter)
		err = errors.Join(p.JoinGroup(i, at), p.SetMulticastInterface(i), p.SetMulticastHopLimit(hops))
		to = netip.AddrPortFrom(to.Addr().WithZone(zone(i.Index)), to.Port())
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &Socket{c, to}, nil
}

// zone is an interface as part of an address of IPv6. Its name would do, but package net remembers for a
// minute which interface had it.
func zone(index int) string { return strconv.Itoa(index) }

// Say sends a packet to the group; that it is lost is no error, as it may always be.
func (s *Socket) Say(packet []byte) { _, _ = s.WriteToUDPAddrPort(packet, s.to) }
