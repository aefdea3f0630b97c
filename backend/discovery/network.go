package discovery

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
)

// Network is one network that this computer is part of, perhaps with several interfaces.
type Network struct {
	// ID is the same whenever this computer comes back to the network, 16 hex digits. It stands for
	// the router's hardware address and the range of addresses, so that another network of the same
	// name is not taken for it.
	ID   string
	SSID string // the radio network's name; "" where there is none or it cannot be told
	// Sure: the router answered. What has no router is known by its interface and addresses only.
	Sure       bool
	Kind       Kind
	Wireless   bool
	Gateway    bool
	Interface  string   // the best of Interfaces
	Interfaces []string // in the order of Rank
	Addr       netip.Addr
	Prefixes   []netip.Prefix // of all its interfaces
}

// Medium says in one word how a network is reached: wifi, cable, hotspot, tether, tunnel, virtual.
func (n *Network) Medium() string {
	switch {
	case n.Kind != LAN:
		return n.Kind.String()
	case n.Wireless:
		return "wifi"
	}
	return "cable"
}

// Near reports whether others in the room may be on it: it is neither a tunnel nor inside this computer.
func (n *Network) Near() bool { return n.Kind == LAN || n.Kind == Hotspot || n.Kind == Tether }

// Networks returns the networks of a table after Meet, in the order of Rank.
func Networks(t Table) []Network {
	var out []Network
	for _, a := range Rank(t) {
		i := t[slices.IndexFunc(t, func(i Interface) bool { return i.Name == a.Interface })]
		id := identity(&i)
		n := slices.IndexFunc(out, func(n Network) bool { return n.ID == id })
		if n < 0 {
			n = len(out)
			out = append(out, Network{
				ID: id, SSID: i.SSID, Sure: i.RouterMAC != "", Kind: a.Kind, Wireless: i.Wireless, Gateway: i.Gateway,
				Interface: i.Name, Addr: a.Addr,
			})
		}
		if slices.Contains(out[n].Interfaces, i.Name) {
			continue
		}
		out[n].Interfaces = append(out[n].Interfaces, i.Name)
		for _, p := range i.Addrs {
			out[n].Prefixes = append(out[n].Prefixes, p.Masked())
		}
	}
	return out
}

// identity names the network behind an interface. The range of addresses counts beside the router,
// because one router has several networks (that for guests is another) under one hardware address.
func identity(i *Interface) string {
	parts := []string{"interface", i.Name}
	switch {
	case i.RouterMAC != "":
		parts = []string{"router", i.RouterMAC}
	case i.SSID != "":
		parts = []string{"radio", i.SSID}
	}
	if p, ok := span(i); ok {
		parts = append(parts, p.String())
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:8])
}

// span is the range of addresses that tells networks apart: IPv4 where there is one, because IPv6
// ranges are changed by providers.
func span(i *Interface) (out netip.Prefix, ok bool) {
	for _, a := range i.Addrs {
		switch p := a.Masked(); {
		case p.Addr().Is4() && (!ok || out.Addr().Is6() || p.Addr().Less(out.Addr())):
			out, ok = p, true
		case i.RouterMAC == "" && !ok && !p.Addr().IsLinkLocalUnicast():
			out, ok = p, true
		}
	}
	return out, ok
}

// Of returns the indices of the networks that a visitor at an address comes from: those whose ranges
// hold it, the narrowest, and where none does the one to whose router it belongs. Several where the
// address alone does not tell (link-local addresses).
func Of(networks []Network, from netip.Addr) (out []int) {
	zone := from.Zone()
	from = from.Unmap().WithZone("")
	bits := -1
	for i, n := range networks {
		if zone != "" && !slices.Contains(n.Interfaces, zone) {
			continue
		}
		for _, p := range n.Prefixes {
			if !p.Contains(from) || p.Bits() < bits {
				continue
			}
			if p.Bits() > bits {
				out, bits = nil, p.Bits()
			}
			if !slices.Contains(out, i) {
				out = append(out, i)
			}
		}
	}
	if out != nil {
		return out
	}
	for i, n := range networks {
		if n.Gateway {
			out = append(out, i)
		}
	}
	return out
}
