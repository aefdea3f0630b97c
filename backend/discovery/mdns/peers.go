package mdns

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/grandcat/zeroconf"

	"portico/backend/discovery"
)

const (
	peersMost = 64                      // of one type
	lookTime  = 1500 * time.Millisecond // that others have to answer
	freshTime = 15 * time.Second        // before it is asked again
	peerLife  = 3 * time.Minute         // after it was seen last
)

// Peer is a file server of somebody else, as it says; nothing of it was checked.
type Peer struct {
	Type    string // "_smb._tcp"; PorticoService for another Portico
	Name    string // cleaned; its address where nothing is left of it
	URL     string // made of its address, its port and, for WebDAV, its path
	Address netip.Addr
	Port    int
	Seen    time.Time
}

// sought are the types of service that are looked for, and the scheme and usual port of their addresses.
func sought() map[string]struct {
	scheme string
	usual  int
} {
	return map[string]struct {
		scheme string
		usual  int
	}{
		PorticoService: {"http", 0}, "_http._tcp": {"http", 80}, "_https._tcp": {"https", 443},
		"_webdav._tcp": {"http", 80}, "_webdavs._tcp": {"https", 443},
		"_ftp._tcp": {"ftp", 21}, "_ftps._tcp": {"ftps", 990}, "_sftp-ssh._tcp": {"sftp", 22}, "_tftp._udp": {"tftp", 69},
		"_smb._tcp": {"smb", 445},
	}
}

// peers are those that were seen.
type peers struct {
	mu   sync.Mutex // held while somebody looks, so that others wait for the same answer
	when time.Time
	at   []string
	list []Peer
}

// Peers returns the other Porticos and file servers on some interfaces. It looks around first if the
// last look is some time ago, which takes a second and a half.
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

// merge adds who was found, and drops who was not seen for long. The list is by type and name.
func (p *peers) merge(found []Peer) {
	for _, old := range p.list {
		if time.Since(old.Seen) < peerLife && !slices.ContainsFunc(found, old.is) {
			found = append(found, old)
		}
	}
	slices.SortFunc(found, func(a, b Peer) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.URL, b.URL))
	})
	count := make(map[string]int)
	p.list = slices.DeleteFunc(found, func(one Peer) bool {
		count[one.Type]++
		return count[one.Type] > peersMost
	})
}

func (p Peer) is(other Peer) bool { return p.Type == other.Type && p.URL == other.URL }

// look asks once for every type and hears for a while. The sockets are gone when it returns or soon after.
func look(ctx context.Context, interfaces []string) (out []Peer) {
	list, own := lookable(interfaces)
	if len(list) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var work sync.WaitGroup
	var mu sync.Mutex
	for kind := range sought() {
		work.Go(func() {
			found := browse(ctx, kind, list, own)
			mu.Lock()
			defer mu.Unlock()
			out = append(out, found...)
		})
	}
	work.Wait()
	return out
}

// browse asks for one type until ctx ends.
func browse(ctx context.Context, kind string, list []net.Interface, own ownAddresses) (out []Peer) {
	resolver, err := zeroconf.NewResolver(zeroconf.SelectIfaces(list), zeroconf.SelectIPTraffic(zeroconf.IPv4))
	if err != nil {
		return nil
	}
	entries := make(chan *zeroconf.ServiceEntry, 16)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := resolver.Browse(ctx, kind, "local.", entries); err != nil {
		cancel()
	}
	for e := range entries { // closed when ctx ends
		if p, ok := peerOf(e, kind, own, time.Now()); ok && len(out) < peersMost && !slices.ContainsFunc(out, p.is) {
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
func peerOf(e *zeroconf.ServiceEntry, kind string, own ownAddresses, now time.Time) (Peer, bool) {
	if e.Port < 1 || e.Port > 65535 {
		return Peer{}, false
	}
	for _, ip := range e.AddrIPv4 {
		a, ok := netip.AddrFromSlice(ip.To4())
		if !ok || !own.near(a) || !a.IsPrivate() && !a.IsGlobalUnicast() && !a.IsLinkLocalUnicast() || ownAddress(a) {
			continue
		}
		p := Peer{Type: kind, Name: discovery.CleanName(unescape(e.Instance)), Address: a, Port: e.Port, Seen: now}
		if p.Name == "" {
			p.Name = a.String()
		}
		about := sought()[kind]
		at := url.URL{Scheme: about.scheme, Host: net.JoinHostPort(a.String(), strconv.Itoa(e.Port)), Path: "/"}
		if e.Port == about.usual {
			at.Host = a.String()
		}
		if strings.HasPrefix(kind, "_webdav") {
			at.Path = pathOf(e.Text)
		}
		p.URL = at.String()
		return p, true
	}
	return Peer{}, false
}

// pathOf is the path that a TXT record tells, if it can be one.
func pathOf(text []string) string {
	for _, one := range text {
		path, ok := strings.CutPrefix(unescape(one), "path=")
		if ok && len(path) <= longestPath && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && utf8.ValidString(path) &&
			!strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsGraphic(r) || r == '\\' }) {
			return path
		}
	}
	return "/"
}

const longestPath = 255 // bytes
