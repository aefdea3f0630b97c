package discovery

import (
	"net/netip"
	"slices"
	"strings"
)

// Address is a candidate for the one address that a QR code shows.
type Address struct {
	Interface string
	Addr      netip.Addr
	Kind      Kind
	Wireless  bool
	Gateway   bool
	Score     int
}

// Rank returns the addresses by which others may reach this computer, the one that a phone in the
// same room most probably can open first. Loopback is never among them; link-local addresses are
// there only when nothing else is.
func Rank(t Table) []Address {
	var out []Address
	for _, i := range t {
		if !i.Up || i.Loopback {
			continue
		}
		kind := classify(i)
		for _, a := range i.Addrs {
			if a.Unusable || a.Addr().IsLoopback() || a.Addr().IsMulticast() || !a.Addr().IsValid() {
				continue
			}
			out = append(out, Address{
				Interface: i.Name, Addr: a.Addr().WithZone(""), Kind: kind, Wireless: i.Wireless, Gateway: i.Gateway,
				Score: place(i, kind) + family(a),
			})
		}
	}
	slices.SortStableFunc(out, func(a, b Address) int {
		if a.Score != b.Score {
			return b.Score - a.Score
		}
		return a.Addr.Compare(b.Addr)
	})
	if n := slices.IndexFunc(out, func(a Address) bool { return !a.Addr.IsLinkLocalUnicast() }); n >= 0 {
		out = slices.DeleteFunc(out, func(a Address) bool { return a.Addr.IsLinkLocalUnicast() })
	}
	return out
}

// Best returns the first of Rank; ok is false when this computer is on no network.
func Best(t Table) (Address, bool) {
	all := Rank(t)
	if len(all) == 0 {
		return Address{}, false
	}
	return all[0], true
}

// place weighs where the interface leads. A network with a gateway is where phones are; a hotspot
// comes next, because whoever is on it can reach the computer's other addresses too, while the
// reverse does not hold; then a cable without a gateway (an instrument), then the rest.
func place(i Interface, k Kind) int {
	score := 0
	switch k {
	case LAN:
		score = 4000
		if i.Gateway {
			score = 10000
		}
	case Hotspot:
		score = 8000
	case Tether:
		score = 6000
	case Tunnel:
		score = 2000
	case Virtual:
		score = 1000
	}
	if i.Hardware {
		score += 30
	}
	if i.Wireless {
		score += 5
	}
	// The system's own preference among equals: metrics of 0–1000 in steps that matter.
	return score - min(max(i.Metric, 0), 1000)/10
}

// family weighs the address itself: private IPv4 is what every phone opens, then what is left of
// IPv4, unique local and global IPv6, and last the link-local forms.
func family(a Addr) int {
	ip := a.Addr().Unmap()
	score := 0
	switch {
	case ip.IsLinkLocalUnicast() && ip.Is4():
		return -3500
	case ip.IsLinkLocalUnicast():
		return -5000 // needs a zone, which no browser takes
	case ip.Is4() && ip.IsPrivate():
		score = 1000
	case ip.Is4() && netip.MustParsePrefix("100.64.0.0/10").Contains(ip):
		score = 600
	case ip.Is4():
		score = 800
	case ip.IsPrivate():
		score = -100
	default:
		score = -200
	}
	if ip.Is4() && a.Bits() == 32 {
		score -= 300
	}
	if a.Temporary {
		score -= 50
	}
	return score
}

// Host returns the address as it stands in a URL: IPv6 in brackets.
func (a Address) Host() string {
	if a.Addr.Is4() || a.Addr.Is4In6() {
		return a.Addr.Unmap().String()
	}
	return "[" + strings.TrimSuffix(a.Addr.WithZone("").String(), "%") + "]"
}
