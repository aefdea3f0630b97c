package discovery

import (
	"net/netip"
	"strings"

	"golang.org/x/net/route"
	"golang.org/x/sys/unix"
)

// describe adds the default routes from the routing table and what names say on this system.
func describe(t Table) {
	gateways := defaultRoutes()
	for n := range t {
		i := &t[n]
		i.Bridge = strings.HasPrefix(i.Name, "bridge")
		i.Hardware = strings.HasPrefix(i.Name, "en")
		i.Router, i.Gateway = gateways[i.Name]
	}
}

// defaultRoutes returns the router of each interface that has one, IPv4 where it has both.
func defaultRoutes() map[string]netip.Addr {
	out := make(map[string]netip.Addr)
	rib, err := route.FetchRIB(unix.AF_UNSPEC, route.RIBTypeRoute, 0)
	if err != nil {
		return out
	}
	messages, err := route.ParseRIB(route.RIBTypeRoute, rib)
	if err != nil {
		return out
	}
	names := interfaceNames()
	for _, m := range messages {
		r, ok := m.(*route.RouteMessage)
		if !ok || r.Flags&unix.RTF_GATEWAY == 0 || len(r.Addrs) < 2 {
			continue
		}
		switch dst := r.Addrs[0].(type) {
		case *route.Inet4Addr:
			if by, ok := r.Addrs[1].(*route.Inet4Addr); dst.IP == [4]byte{} && maskEmpty(r) {
				if out[names[r.Index]] = (netip.Addr{}); ok {
					out[names[r.Index]] = netip.AddrFrom4(by.IP)
				}
			}
		case *route.Inet6Addr:
			if dst.IP == [16]byte{} && maskEmpty(r) {
				if _, known := out[names[r.Index]]; !known {
					out[names[r.Index]] = netip.Addr{}
				}
			}
		}
	}
	return out
}

// maskEmpty tells the default route from the two halves that a full tunnel lays over it.
func maskEmpty(r *route.RouteMessage) bool {
	if len(r.Addrs) < 3 {
		return true
	}
	switch mask := r.Addrs[2].(type) {
	case *route.Inet4Addr:
		return mask.IP == [4]byte{}
	case *route.Inet6Addr:
		return mask.IP == [16]byte{}
	}
	return true
}
