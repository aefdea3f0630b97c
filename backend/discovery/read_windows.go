package discovery

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/windows"
)

// describe adds what GetAdaptersAddresses knows: the adapter's own name, its type, gateway, metric.
func describe(t Table) {
	size := uint32(32 << 10)
	var buf []byte
	for range 4 { // the table may grow between asking for its size and reading it
		buf = make([]byte, size)
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, windows.GAA_FLAG_INCLUDE_GATEWAYS, 0,
			(*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0])), &size)
		if err == nil {
			break
		}
		if err != windows.ERROR_BUFFER_OVERFLOW {
			return
		}
		buf = nil
	}
	if buf == nil {
		return
	}
	for a := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0])); a != nil; a = a.Next {
		name := windows.UTF16PtrToString(a.FriendlyName)
		for n := range t {
			i := &t[n]
			if i.Name != name {
				continue
			}
			i.Description = windows.UTF16PtrToString(a.Description)
			i.Wireless = a.IfType == windows.IF_TYPE_IEEE80211
			i.Tunnel = i.Tunnel || a.IfType == windows.IF_TYPE_TUNNEL || a.IfType == windows.IF_TYPE_PPP
			i.Gateway = a.FirstGatewayAddress != nil
			for g := a.FirstGatewayAddress; g != nil && !i.Router.Is4(); g = g.Next {
				if addr, ok := netip.AddrFromSlice(g.Address.IP()); ok {
					i.Router = addr.Unmap()
				}
			}
			i.Metric = int(a.Ipv4Metric)
			i.Up = a.OperStatus == windows.IfOperStatusUp
		}
	}
}
