package tftp

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// port is one that requests come to.
type port struct {
	conn *net.UDPConn
	own  netip.Addr // the address it was opened at; unspecified: all of this computer's
}

// asked is a request as it came.
type asked struct {
	packet []byte
	from   netip.AddrPort
	at     netip.Addr // our address that it was sent to; not valid: the system does not tell
	inface int        // the interface it came over; 0: the system does not tell
}

// newPort has the system tell where requests are sent to: the answer has to come from there.
func newPort(conn *net.UDPConn) *port {
	p := &port{conn: conn, own: conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()}
	// Where it does not, the way back to the client decides.
	if p.own.Is4() {
		_ = ipv4.NewPacketConn(conn).SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true)
	} else {
		_ = ipv6.NewPacketConn(conn).SetControlMessage(ipv6.FlagDst|ipv6.FlagInterface, true)
	}
	return p
}

// next returns the next request; it is valid until the one after. net.ErrClosed at the end.
func (p *port) next(buf, extra []byte) (asked, error) {
	for {
		n, m, _, from, err := p.conn.ReadMsgUDPAddrPort(buf, extra)
		if errors.Is(err, net.ErrClosed) {
			return asked{}, net.ErrClosed
		}
		if err != nil { // Windows tells of answers that found nobody
			time.Sleep(time.Millisecond)
			continue
		}
		a := asked{packet: buf[:n], from: unmapped(from)}
		if p.own.Is4() {
			var c ipv4.ControlMessage
			if c.Parse(extra[:m]) == nil {
				a.at, _ = netip.AddrFromSlice(c.Dst)
				a.inface = c.IfIndex
			}
		} else {
			var c ipv6.ControlMessage
			if c.Parse(extra[:m]) == nil {
				a.at, _ = netip.AddrFromSlice(c.Dst)
				a.inface = c.IfIndex
			}
		}
		a.at = a.at.Unmap()
		return a, nil
	}
}

// answers is the address that the transfer of a request is answered from; false where none should be:
// a request to everybody is not answered (RFC 1123 4.2.3.4).
func (p *port) answers(a asked) (netip.Addr, bool) {
	switch {
	case a.at.IsMulticast(), a.at == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return netip.Addr{}, false
	case !a.at.IsValid() && !p.own.IsUnspecified():
		return p.own, true
	case !a.at.IsValid():
		return wayBack(a.from)
	}
	if a.at.IsLinkLocalUnicast() {
		return a.at.WithZone(a.from.Addr().Zone()), true
	}
	return a.at, true
}

// wayBack is our address on the way to a client.
func wayBack(to netip.AddrPort) (netip.Addr, bool) {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to)) // sends nothing
	if err != nil {
		return netip.Addr{}, false
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), true
}

// reach looks at the interface that a request came over: the longest block that goes there in one piece
// (pieces of packets are what firewalls and small devices lose), and whether the request was sent to
// this computer alone.
func (a asked) reach() (most int, alone bool) {
	const usual = 1500
	headers := 20 + 8 + head
	if a.from.Addr().Is6() {
		headers = 40 + 8 + head
	}
	i, err := net.InterfaceByIndex(a.inface)
	if a.inface == 0 || err != nil || i.MTU <= 0 {
		return usual - headers, true
	}
	addrs, err := i.Addrs()
	return i.MTU - headers, err != nil || !slices.ContainsFunc(addrs, func(n net.Addr) bool { return a.at == broadcast(n) })
}

// broadcast is the address of everybody in a network; not valid where there is none.
func broadcast(n net.Addr) netip.Addr {
	p, err := netip.ParsePrefix(n.String())
	if err != nil || !p.Addr().Is4() || p.Bits() > 30 {
		return netip.Addr{}
	}
	b := p.Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(b)
}
