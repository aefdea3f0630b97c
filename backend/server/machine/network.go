package machine

import (
	"context"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"portico/backend/diagnose"
	"portico/backend/discovery"
)

// Networks returns the interfaces of this computer, with routers that answered.
func (m Machine) Networks(ctx context.Context) (discovery.Table, error) {
	t, err := discovery.Read()
	if err != nil {
		return nil, err
	}
	discovery.Meet(ctx, t)
	return t, nil
}

// Source returns the address by which packets to another leave. Nothing is sent: the system only says
// which way it would go.
func (m Machine) Source(ctx context.Context, to netip.Addr) (netip.Addr, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "udp", netip.AddrPortFrom(to, 9).String())
	if err != nil {
		return netip.Addr{}, err
	}
	defer c.Close()
	at, _ := netip.ParseAddrPort(c.LocalAddr().String())
	return at.Addr().Unmap().WithZone(""), nil
}

// Connect opens a connection and closes it.
func (m Machine) Connect(ctx context.Context, to netip.AddrPort) error {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", to.String())
	if err != nil {
		return err
	}
	return c.Close()
}

// Online tells how far the network reaches, as the system's network manager found by itself.
func (m Machine) Online(ctx context.Context) diagnose.Online {
	said, ok := m.ask(ctx, "nmcli", "networking", "connectivity")
	if !ok {
		return diagnose.OnlineUnknown
	}
	return connectivity(said)
}

// connectivity reads what NetworkManager says.
func connectivity(said string) diagnose.Online {
	switch o := diagnose.Online(said); o {
	case diagnose.OnlineFull, diagnose.OnlineLimited, diagnose.OnlinePortal, diagnose.OnlineNone:
		return o
	}
	return diagnose.OnlineUnknown
}

// Clock tells whether something keeps the clock right, and a moment that has certainly passed: the one
// in which this program was made, or in which the system last set its clock.
func (m Machine) Clock(context.Context) diagnose.Clock {
	var c diagnose.Clock
	c.Kept, c.Known = ClockKept()
	if _, ok := m.find("timedatectl"); ok {
		c.Set = "sudo timedatectl set-ntp true"
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				c.Passed, _ = time.Parse(time.RFC3339, s.Value)
			}
		}
	}
	for _, mark := range []string{"/var/lib/systemd/timesync/clock", "/var/lib/private/systemd/timesync/clock"} {
		if about, err := os.Stat(mark); err == nil && about.ModTime().After(c.Passed) {
			c.Passed = about.ModTime()
		}
	}
	return c
}
