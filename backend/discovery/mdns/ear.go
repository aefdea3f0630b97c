package mdns

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"portico/backend/discovery/group"
)

const (
	interfacesMost = group.FilterMost
	packetMost     = 9000 // bytes, RFC 6762, 17
	port           = 5353
)

func groupAddr4() *net.UDPAddr { return &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: port} }
func groupAddr6() *net.UDPAddr { return &net.UDPAddr{IP: net.ParseIP("ff02::fb"), Port: port} }

// ear hears what is said on some interfaces. It answers for this computer and its services, and notices
// who else has a name of ours.
type ear struct {
	v4      *ipv4.PacketConn
	v6      *ipv6.PacketConn
	list    []net.Interface
	log     *slog.Logger
	clashes chan clash
	heardOf func(name string, from netip.Addr) // who asked on an interface
	readers sync.WaitGroup

	pace group.Pace // of answers to one alone

	mu      sync.Mutex
	names   names                 // ours
	watched map[string]bool       // names that we might take, lower case, and whether somebody has them
	last    map[heading]time.Time // when something was told to everybody; of ours only, so it is bounded
}

// clash is a name of ours that somebody else has with better right.
type clash struct {
	name string
	host bool
}

// listen begins to hear.
func listen(list []net.Interface, heardOf func(string, netip.Addr), log *slog.Logger) (*ear, error) {
	e := &ear{list: list[:min(len(list), interfacesMost)], log: log, heardOf: heardOf, clashes: make(chan clash, 1), last: make(map[heading]time.Time)}
	err4, err6 := e.open4(), e.open6()
	if e.v4 == nil && e.v6 == nil {
		return nil, errors.Join(err4, err6)
	}
	return e, nil
}

func (e *ear) open4() error {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 0, 0), Port: port}) // shared with others
	if err != nil {
		return err
	}
	p := ipv4.NewPacketConn(c)
	joined := false
	for _, i := range e.list {
		joined = p.JoinGroup(&i, groupAddr4()) == nil || joined
	}
	if err := p.SetControlMessage(ipv4.FlagInterface, true); err != nil || !joined {
		return errors.Join(err, errNotJoined, p.Close())
	}
	_ = p.SetBPF(filterOf(e.list, groupAddr4())) // what other systems deliver is judged in heard, too
	_ = p.SetMulticastTTL(255)
	e.v4 = p
	e.readers.Go(func() {
		e.read(func(b []byte) (int, int, net.Addr, error) {
			n, about, from, err := p.ReadFrom(b)
			if about == nil {
				return n, 0, from, err
			}
			return n, about.IfIndex, from, err
		})
	})
	return nil
}

func (e *ear) open6() error {
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.ParseIP("ff02::"), Port: port})
	if err != nil {
		return err
	}
	p := ipv6.NewPacketConn(c)
	joined := false
	for _, i := range e.list {
		joined = p.JoinGroup(&i, groupAddr6()) == nil || joined
	}
	if err := p.SetControlMessage(ipv6.FlagInterface, true); err != nil || !joined {
		return errors.Join(err, errNotJoined, p.Close())
	}
	_ = p.SetBPF(filterOf(e.list, groupAddr6()))
	_ = p.SetMulticastHopLimit(255)
	e.v6 = p
	e.readers.Go(func() {
		e.read(func(b []byte) (int, int, net.Addr, error) {
			n, about, from, err := p.ReadFrom(b)
			if about == nil {
				return n, 0, from, err
			}
			return n, about.IfIndex, from, err
		})
	})
	return nil
}

var errNotJoined = errors.New("no interface takes part in multicast")

func (e *ear) close() {
	if e.v4 != nil {
		e.v4.Close()
	}
	if e.v6 != nil {
		e.v6.Close()
	}
	e.readers.Wait()
}

// read hears until the socket is closed.
func (e *ear) read(next func([]byte) (n, index int, from net.Addr, err error)) {
	b := make([]byte, packetMost)
	for {
		n, index, from, err := next(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		at, ok := from.(*net.UDPAddr)
		if err != nil || !ok {
			continue
		}
		e.heard(b[:n], index, at.AddrPort())
	}
}

// heard takes one packet from somebody on the link; others are not listened to (RFC 6762, 11).
func (e *ear) heard(packet []byte, index int, from netip.AddrPort) {
	name := e.on(index)
	if name == "" {
		return
	}
	own := addressesOf(index)
	if !own.near(from.Addr()) {
		return
	}
	undot(packet)
	var p dnsmessage.Parser
	head, err := p.Start(packet)
	if err != nil {
		return
	}
	if head.Response {
		e.responded(&p, own)
		return
	}
	e.asked(&p, head.ID, &place{index, name, own}, from)
}

// on is the name of an interface on which we hear; "" where we do not.
func (e *ear) on(index int) string {
	for _, i := range e.list {
		if i.Index == index {
			return i.Name
		}
	}
	return ""
}

// send says something to the group on an interface.
func (e *ear) send(packet []byte, index int) {
	if e.v4 != nil {
		_, _ = e.v4.WriteTo(packet, &ipv4.ControlMessage{IfIndex: index}, groupAddr4())
	}
	if e.v6 != nil {
		_, _ = e.v6.WriteTo(packet, &ipv6.ControlMessage{IfIndex: index}, groupAddr6())
	}
}

// ownAddresses are those of one interface.
type ownAddresses []netip.Prefix

func addressesOf(index int) (out ownAddresses) {
	i, err := net.InterfaceByIndex(index)
	if err != nil {
		return nil
	}
	addrs, err := i.Addrs()
	if err != nil {
		return nil
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			out = append(out, netip.PrefixFrom(p.Addr().Unmap(), p.Bits()))
		}
	}
	return out
}

// near reports whether an address is that of one computer on the interface's network.
func (o ownAddresses) near(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range o {
		if group.One(p, a) {
			return true
		}
	}
	return a.Is6() && a.IsLinkLocalUnicast()
}
