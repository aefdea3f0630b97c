package mdns

import (
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"portico/backend/discovery/group"
)

const (
	interfacesMost = 32
	packetMost     = 9000 // bytes, RFC 6762, 17
	port           = 5353
)

// ear hears what is said on some interfaces. It answers for this computer and its services, and notices
// who else has a name of ours.
type ear struct {
	links   []*link
	log     *slog.Logger
	clashes chan clash
	heardOf func(name string, from netip.Addr) // who asked on an interface
	over    chan struct{}
	work    sync.WaitGroup // readers, and answers that wait

	mu      sync.Mutex
	names   names                 // ours
	wanted  names                 // those that we might take
	watched map[string]bool       // of these those that are looked at, lower case, and whether somebody has them
	last    map[heading]time.Time // when something was told to everybody; of ours only, so it is bounded
	waiting []*late               // bounded by last and by the pace of each link
}

// clash is a name of ours that somebody else has with better right.
type clash struct {
	name string
	host bool
}

// listen begins to hear.
func listen(list []net.Interface, heardOf func(string, netip.Addr), log *slog.Logger) (*ear, error) {
	e := &ear{log: log, heardOf: heardOf, clashes: make(chan clash, 1), over: make(chan struct{}), last: make(map[heading]time.Time)}
	var errs []error
	for _, i := range list[:min(len(list), interfacesMost)] {
		l, err := openLink(i)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		e.links = append(e.links, l)
	}
	if len(e.links) == 0 {
		return nil, errors.Join(errs...)
	}
	for _, l := range e.links {
		for _, s := range l.sockets {
			e.work.Go(func() { e.read(l, s) })
		}
	}
	return e, nil
}

// close ends hearing; answers that still wait are not given.
func (e *ear) close() {
	close(e.over)
	for _, l := range e.links {
		_ = l.close()
	}
	e.work.Wait()
}

// read hears until the socket is closed.
func (e *ear) read(l *link, s *group.Socket) {
	b := make([]byte, packetMost)
	for {
		n, from, err := s.ReadFromUDPAddrPort(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			e.heard(b[:n], &place{link: l, socket: s, from: netip.AddrPortFrom(from.Addr().Unmap(), from.Port())})
			continue
		}
		select { // some systems tell here that an answer did not arrive
		case <-e.over:
			return
		case <-time.After(group.ErrorPause):
		}
	}
}

// heard takes one packet.
func (e *ear) heard(packet []byte, at *place) {
	undot(packet)
	var p dnsmessage.Parser
	head, err := p.Start(packet)
	if err != nil || head.OpCode != 0 || head.RCode != dnsmessage.RCodeSuccess { // RFC 6762, 18.3 and 18.11
		return
	}
	probe := binary.BigEndian.Uint16(packet[8:]) > 0 // authority records: what somebody wants to have
	switch {
	case head.Response && at.from.Port() == port: // RFC 6762, 6
		e.responded(p, at)
	case !head.Response:
		if probe {
			e.probed(p, at)
		}
		e.asked(&p, asking{id: head.ID, more: head.Truncated, probe: probe}, at)
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
