package mdns

import (
	"net"
	"net/netip"

	"golang.org/x/net/bpf"

	"portico/backend/discovery/group"
)

// filterOf lets a socket hear what was sent to the group on some interfaces, and nothing else.
func filterOf(list []net.Interface, to *net.UDPAddr) []bpf.RawInstruction {
	at, _ := netip.AddrFromSlice(to.IP)
	var indexes []int
	for _, i := range list {
		indexes = append(indexes, i.Index)
	}
	return group.Filter(at.Unmap(), indexes...)
}
