package discovery

import "net/netip"

// Table is what the system says of its interfaces at one moment.
type Table []Interface

// Interface is one row. Fields that a system does not tell stay zero; Rank must not need them all.
type Interface struct {
	Name        string // "wlan0", "Ethernet 2"
	Description string // Windows: the adapter's own name, "Intel(R) Wi-Fi 6 AX201"
	Up          bool   // switched on and with a carrier
	Loopback    bool
	Tunnel      bool       // point to point, or a tun/tap device
	Wireless    bool       // a radio
	Bridge      bool       // joins others
	Ports       int        // of a bridge: physical interfaces that belong to it
	Hardware    bool       // a device stands behind it (Linux: sysfs names one)
	MAC         string     // "02:42:ac:11:00:02", lower case
	Metric      int        // of its default route; smaller is preferred by the system
	Gateway     bool       // a default route leaves through it to a gateway
	Router      netip.Addr // that gateway, IPv4 where it has one; not told by every system
	RouterMAC   string     // its hardware address, after Meet; "" where it did not answer
	SSID        string     // of a radio, after Meet; "" where the system does not tell
	Addrs       []Addr
}

// Addr is one address of an interface.
type Addr struct {
	netip.Prefix
	Temporary bool // IPv6 privacy address
	Unusable  bool // deprecated, tentative or duplicate
}
