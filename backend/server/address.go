package server

import (
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"portico/backend/discovery"
)

// addresses knows by which names this computer can be reached now.
type addresses struct {
	mu     sync.RWMutex
	table  discovery.Table
	host   string // the computer's own name
	chosen string // the interface whose addresses come first; "": none does
}

func (a *addresses) update(t discovery.Table) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.table = t
}

// hosts returns the addresses of this computer, written as in a URL, the best for others first.
func (a *addresses) hosts() []string {
	var out []string
	list, _ := a.ranked()
	for _, r := range list {
		out = append(out, r.Host())
	}
	return out
}

// all returns every address of this computer, for the certificate.
func (a *addresses) all() []netip.Addr {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var out []netip.Addr
	for _, i := range a.table {
		for _, addr := range i.Addrs {
			out = append(out, addr.Addr())
		}
	}
	return out
}

// name is what visitors read as the name of this computer.
func (s *Server) name() string {
	if c := s.config(); c.General.Name != "" {
		return c.General.Name
	}
	return s.addrs.host
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "Portico"
	}
	return name
}

// Addresses returns the base URLs by which others reach the HTTP door, the best first, without a
// slash at the end. None when the door is closed.
func (s *Server) Addresses() []string {
	c := s.config()
	var out []string
	if c.HTTP.PublicURL != "" {
		out = append(out, strings.TrimSuffix(c.HTTP.PublicURL, "/"))
	}
	return append(out, s.bases(s.gate("http"))...)
}

// bases returns the URLs of an open door, the best first, without a slash at the end.
func (s *Server) bases(g *gate) []string {
	d, _, _ := g.now()
	if d == nil {
		return nil
	}
	if g.within != "" {
		return s.basesWithin(g)
	}
	scheme, usual := g.name, uint16(80)
	if c := s.config(); g.name == "http" && c.HTTP.TLS.Required {
		scheme, usual = "https", 443
	}
	var out []string
	for _, at := range d.Addrs() {
		hosts := []string{urlHost(at.Addr())}
		if at.Addr().IsUnspecified() {
			hosts = append(s.addrs.hosts(), "127.0.0.1")
		}
		for _, host := range hosts {
			base := scheme + "://" + host
			if g.name != "http" || at.Port() != usual {
				base += ":" + strconv.Itoa(int(at.Port()))
			}
			if !slices.Contains(out, base) {
				out = append(out, base)
			}
		}
	}
	return out
}

// basesWithin are those of a door that is reached through another one.
func (s *Server) basesWithin(g *gate) (out []string) {
	around := s.gate(g.within)
	if d, _, _ := around.now(); d == nil {
		return nil
	}
	for _, base := range s.Addresses() {
		out = append(out, base+g.path)
	}
	return out
}

func urlHost(a netip.Addr) string {
	if a.Is6() && !a.Is4In6() {
		return "[" + a.WithZone("").String() + "]"
	}
	return a.Unmap().String()
}

// doorURL is the best address of an open door, with a slash at the end.
func (s *Server) doorURL(g *gate) string {
	bases := s.bases(g)
	if g.name == "http" {
		bases = s.Addresses()
	}
	if len(bases) == 0 {
		return ""
	}
	return bases[0] + "/"
}

// known reports whether a Host header names this computer. An address always may: what must be kept
// out is a name of somebody else's that was made to point here (DNS rebinding). Such a name has dots,
// and its owner cannot have one below the names that are never delegated.
func (s *Server) known(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
	if _, err := netip.ParseAddr(name); err == nil || name == "" || !strings.Contains(name, ".") {
		return true
	}
	for _, local := range []string{".local", ".localhost", ".home.arpa", ".internal", ".lan"} {
		if strings.HasSuffix(name, local) {
			return true
		}
	}
	c := s.config()
	if u, err := url.Parse(c.HTTP.PublicURL); err == nil && strings.EqualFold(u.Hostname(), name) {
		return true
	}
	own := append([]string{s.addrs.host}, c.HTTP.TLS.Names...)
	return slices.ContainsFunc(own, func(n string) bool { return strings.EqualFold(n, name) })
}
