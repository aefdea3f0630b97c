package mdns

import (
	"net"
	"net/netip"

	"github.com/grandcat/zeroconf"
	"golang.org/x/net/bpf"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"portico/backend/discovery/group"
)

// confine lets the sockets of a server hear what was sent to the group on its interfaces, and nothing
// else: it would answer on networks that nobody allowed, and whoever writes to this computer alone from
// afar.
func confine(server *zeroconf.Server, list []net.Interface) {
	if c := conn[ipv4.PacketConn](server, "ipv4conn"); c != nil {
		_ = c.SetBPF(filterOf(list, groupAddr4()))
	}
	if c := conn[ipv6.PacketConn](server, "ipv6conn"); c != nil {
		_ = c.SetBPF(filterOf(list, groupAddr6()))
	}
}

func filterOf(list []net.Interface, to *net.UDPAddr) []bpf.RawInstruction {
	at, _ := netip.AddrFromSlice(to.IP)
	var indexes []int
	for _, i := range list {
		indexes = append(indexes, i.Index)
	}
	return group.Filter(at.Unmap(), indexes...)
}
