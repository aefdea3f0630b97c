package discovery

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// neighbours returns the hardware addresses that the kernel knows (rtnetlink(7), RTM_GETNEIGH).
func neighbours(t Table) map[neighbour]string {
	out := make(map[neighbour]string)
	names := make(map[int]string)
	for _, i := range t {
		if n, err := net.InterfaceByName(i.Name); err == nil {
			names[n.Index] = i.Name
		}
	}
	dump, err := syscall.NetlinkRIB(unix.RTM_GETNEIGH, unix.AF_UNSPEC)
	if err != nil {
		return out
	}
	messages, err := syscall.ParseNetlinkMessage(dump)
	if err != nil {
		return out
	}
	for _, m := range messages {
		if m.Header.Type != unix.RTM_NEWNEIGH {
			continue
		}
		if index, addr, mac, ok := readNeighbour(m.Data); ok && names[index] != "" {
			out[neighbour{names[index], addr}] = mac
		}
	}
	return out
}

// readNeighbour reads one ndmsg with its attributes.
func readNeighbour(b []byte) (index int, addr netip.Addr, mac string, ok bool) {
	const head = 12 // family, 3 of padding, ifindex, state, flags, type
	if len(b) < head {
		return 0, addr, "", false
	}
	index = int(int32(binary.NativeEndian.Uint32(b[4:])))
	state := binary.NativeEndian.Uint16(b[8:])
	if state&(unix.NUD_INCOMPLETE|unix.NUD_FAILED) != 0 {
		return 0, addr, "", false
	}
	eachAttribute(b[head:], func(kind uint16, value []byte) {
		switch kind {
		case unix.NDA_DST:
			addr, _ = netip.AddrFromSlice(value)
		case unix.NDA_LLADDR:
			if len(value) == 6 && string(value) != "\x00\x00\x00\x00\x00\x00" {
				mac = strings.ToLower(net.HardwareAddr(value).String())
			}
		}
	})
	return index, addr.Unmap(), mac, addr.IsValid() && mac != ""
}

// eachAttribute goes through netlink attributes: length, kind, value, filled up to four bytes.
func eachAttribute(b []byte, do func(kind uint16, value []byte)) {
	for len(b) >= 4 {
		length := int(binary.NativeEndian.Uint16(b))
		if length < 4 || length > len(b) {
			return
		}
		do(binary.NativeEndian.Uint16(b[2:])&0x3fff, b[4:length])
		b = b[min((length+3)&^3, len(b)):]
	}
}
