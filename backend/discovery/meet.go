package discovery

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// Meet fills in who the routers of a table are and what radio networks are called, as far as the
// system knows. It waits at most half a second for a router that the system has not spoken to yet.
func Meet(ctx context.Context, t Table) {
	for n := range t {
		if t[n].Wireless && t[n].Up {
			t[n].SSID = ssid(t[n].Name)
		}
	}
	for tries := range 6 {
		if acquaint(t) || tries == 5 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// acquaint looks every router up; false where one is missing that may be known soon.
func acquaint(t Table) (done bool) {
	done = true
	known := neighbours(t)
	for n := range t {
		i := &t[n]
		if !i.Up || !i.Router.IsValid() || i.RouterMAC != "" {
			continue
		}
		if i.RouterMAC = known[neighbour{i.Name, i.Router.WithZone("")}]; i.RouterMAC == "" && !i.Tunnel {
			nudge(i)
			done = false
		}
	}
	return done
}

// neighbour is an address on an interface.
type neighbour struct {
	name string
	addr netip.Addr
}

// nudge lets the system ask for the router's hardware address, by sending it an empty packet to the
// port whose service throws everything away.
func nudge(i *Interface) {
	to := i.Router
	if to.IsLinkLocalUnicast() && to.Is6() {
		to = to.WithZone(i.Name)
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, 9)))
	if err != nil {
		return
	}
	defer c.Close()
	_, _ = c.Write(nil)
}
