package mdns

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/grandcat/zeroconf"

	"portico/backend/discovery"
)

const (
	peersMost = 64
	lookTime  = 1500 * time.Millisecond // that others have to answer
	freshTime = 15 * time.Second        // before it is asked again
	peerLife  = 3 * time.Minute         // after it was seen last
)

// Peer is another Portico, as it says.
type Peer struct {
	Name    string // cleaned; its address where nothing is left of it
	URL     string // made of its address and port alone
	Address netip.Addr
	Seen    time.Time
}

// peers are those that were seen.
type peers struct {
	mu   sync.Mutex // held while somebody looks, so that others wait for the same answer
	when time.Time
	at   []string
	list []Peer
}

// Peers returns the other Porticos on some interfaces. It looks around first if the last look is some
// time ago, which takes a second and a half.
func (s *Speaker) Peers(ctx context.Context, interfaces []string) []Peer {
	s.peers.mu.Lock()
	defer s.peers.mu.Unlock()
	p := &s.peers
	if time.Since(p.when) > freshTime || !slices.Equal(p.at, interfaces) {
		if !slices.Equal(p.at, interfaces) {
			p.list = nil
		}
		found := look(ctx, interfaces)
		if ctx.Err() == nil {
			p.when, p.at = time.Now(), slices.Clone(interfaces)
		}
		p.merge(found)
	}
	return slices.Clone(p.list)
}

// merge adds who was found, and drops who was not seen for long.
func (p *peers) merge(found []Peer) {
	for _, old := range p.list {
		if time.Since(old.Seen) < peerLife && !slices.ContainsFunc(found, func(f Peer) bool { return f.URL == old.URL }) {
			found = append(found, old)
		}
	}
	found = found[:min(len(found), peersMost)]
	slices.SortFunc(found, func(a, b Peer) int {
		if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
			return c
		}
		return strings.Compare(a.URL, b.URL)
	})
	p.list = found
}

// look asks once and hears for a while. The sockets are gone when it returns or soon after.
func look(ctx context.Context, interfaces []string) (out []Peer) {
	list, own := lookable(interfaces)
	if len(list) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	resolver, err := zeroconf.NewResolver(zeroconf.SelectIfaces(list), zeroconf.SelectIPTraffic(zeroconf.IPv4))
	if err != nil {
		return nil
	}
	entries := make(chan *zeroconf.ServiceEntry, 16)
	if err := resolver.Browse(ctx, PorticoService, "local.", entries); err != nil {
		cancel()
	}
	for e := range entries { // closed when ctx ends
		if p, ok := peerOf(e, own, time.Now()); ok && len(out) < peersMost && !slices.ContainsFunc(out, func(o Peer) bool { return o.URL == p.URL }) {
			out = append(out, p)
		}
	}
	return out
}

// lookable returns the interfaces that can be asked on, and their addresses.
func lookable(names []string) (list []net.Interface, own ownAddresses) {
	for _, name := range names {
		i, err := net.InterfaceByName(name)
		if err != nil || i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0 || len(list) == interfacesMost {
			continue
		}
		for _, p := range addressesOf(i.Index) {
			if p.Addr().Is4() {
				own = append(own, p)
			}
		}
		list = append(list, *i)
	}
	return list, own
}

// peerOf takes of what an entry says what can be true: an address of the network that was asked, which
// is not ours, and a port.
func peerOf(e *zeroconf.ServiceEntry, own ownAddresses, now time.Time) (Peer, bool) {
	if e.Port < 1 || e.Port > 65535 {
		return Peer{}, false
	}
	for _, ip := range e.AddrIPv4 {
		a, ok := netip.AddrFromSlice(ip.To4())
		if !ok || !own.near(a) || !a.IsPrivate() && !a.IsGlobalUnicast() && !a.IsLinkLocalUnicast() || ownAddress(a) {
			continue
		}
		p := Peer{Name: discovery.CleanName(unescape(e.Instance)), Address: a, Seen: now}
		if p.Name == "" {
			p.Name = a.String()
		}
		at := url.URL{Scheme: "http", Host: net.JoinHostPort(a.String(), strconv.Itoa(e.Port)), Path: "/"}
		p.URL = at.String()
		return p, true
	}
	return Peer{}, false
}
