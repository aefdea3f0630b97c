package discovery

import (
	"encoding/binary"
	"net"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// neighbours asks the system for the hardware addresses of the table's routers (SendARP, IPv4 only).
func neighbours(t Table) map[neighbour]string {
	out := make(map[neighbour]string)
	send := windows.NewLazySystemDLL("iphlpapi.dll").NewProc("SendARP")
	if send.Find() != nil {
		return out
	}
	for _, i := range t {
		if !i.Up || !i.Router.Is4() {
			continue
		}
		to := i.Router.As4()
		mac, length := make([]byte, 8), uint32(8)
		code, _, _ := send.Call(uintptr(binary.LittleEndian.Uint32(to[:])), 0,
			uintptr(unsafe.Pointer(&mac[0])), uintptr(unsafe.Pointer(&length)))
		if code == 0 && length == 6 {
			out[neighbour{i.Name, i.Router}] = strings.ToLower(net.HardwareAddr(mac[:6]).String())
		}
	}
	return out
}

// ssid: the system tells it to programs only that may know where the computer is.
func ssid(string) string { return "" }
