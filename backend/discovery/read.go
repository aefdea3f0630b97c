package discovery

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Read returns the table of this machine as it is now. What the system-specific part (describe)
// cannot tell stays zero.
func Read() (Table, error) {
	list, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("read network interfaces: %w", err)
	}
	table := make(Table, 0, len(list))
	for _, n := range list {
		i := Interface{
			Name:     n.Name,
			Up:       n.Flags&net.FlagUp != 0 && n.Flags&net.FlagRunning != 0,
			Loopback: n.Flags&net.FlagLoopback != 0,
			Tunnel:   n.Flags&net.FlagPointToPoint != 0,
			MAC:      strings.ToLower(n.HardwareAddr.String()),
		}
		addrs, err := n.Addrs()
		if err != nil {
			continue // it went between the two calls
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				i.Addrs = append(i.Addrs, Addr{Prefix: netip.PrefixFrom(p.Addr().Unmap(), p.Bits())})
			}
		}
		table = append(table, i)
	}
	describe(table)
	return table, nil
}

// Same reports whether two tables lead to the same choice of addresses on the same networks.
func (t Table) Same(o Table) bool {
	return slices.Equal(Rank(t), Rank(o)) &&
		slices.EqualFunc(Networks(t), Networks(o), func(a, b Network) bool { return a.ID == b.ID && a.SSID == b.SSID })
}
