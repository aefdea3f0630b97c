package discovery

import (
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/route"
	"golang.org/x/sys/unix"
)

// neighbours reads the ARP table, which is part of the routing table here.
func neighbours(Table) map[neighbour]string {
	out := make(map[neighbour]string)
	rib, err := route.FetchRIB(unix.AF_INET, unix.NET_RT_FLAGS, unix.RTF_LLINFO)
	if err != nil {
		return out
	}
	messages, err := route.ParseRIB(unix.NET_RT_FLAGS, rib)
	if err != nil {
		return out
	}
	names := interfaceNames()
	for _, m := range messages {
		r, ok := m.(*route.RouteMessage)
		if !ok || len(r.Addrs) < 2 {
			continue
		}
		at, is4 := r.Addrs[0].(*route.Inet4Addr)
		link, isLink := r.Addrs[1].(*route.LinkAddr)
		if is4 && isLink && len(link.Addr) == 6 {
			out[neighbour{names[r.Index], netip.AddrFrom4(at.IP)}] = strings.ToLower(net.HardwareAddr(link.Addr).String())
		}
	}
	return out
}

// ssid: the system tells it to programs only that may know where the computer is.
func ssid(string) string { return "" }
