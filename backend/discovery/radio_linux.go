package discovery

import (
	"encoding/binary"
	"errors"
	"net"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ssid asks a radio for the name of its network; "" where it is not connected, or does not tell.
func ssid(name string) string {
	if text := ssidOf80211(name); text != "" {
		return text
	}
	return ssidOfExtensions(name)
}

// ssidOfExtensions asks in the oldest way that kernels have (SIOCGIWESSID), for those that do not tell
// it in the newer one.
func ssidOfExtensions(name string) string {
	const getESSID = 0x8B1B
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	text := make([]byte, 33)
	request := struct {
		name    [unix.IFNAMSIZ]byte
		pointer unsafe.Pointer
		length  uint16
		flags   uint16
		_       [16]byte
	}{pointer: unsafe.Pointer(&text[0]), length: 32}
	copy(request.name[:unix.IFNAMSIZ-1], name)
	_, _, code := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), getESSID, uintptr(unsafe.Pointer(&request)))
	if code != 0 || int(request.length) > len(text) || request.flags == 0 {
		return ""
	}
	return CleanName(string(text[:request.length]))
}

// ssidOf80211 asks nl80211, the kernel's own interface to radios.
func ssidOf80211(name string) string {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return ""
	}
	g, err := openGeneric()
	if err != nil {
		return ""
	}
	defer unix.Close(g.fd)
	family, err := g.family("nl80211")
	if err != nil {
		return ""
	}
	const getInterface, ifindex, ssid = 5, 3, 52
	answer, err := g.ask(family, getInterface, ifindex, binary.NativeEndian.AppendUint32(nil, uint32(i.Index)))
	if err != nil {
		return ""
	}
	return CleanName(string(attributeOf(answer, ssid)))
}

// generic is a socket of generic netlink.
type generic struct {
	fd   int
	next uint32
}

func openGeneric() (*generic, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return nil, err
	}
	// The kernel answers at once; nobody waits here for long, whatever it does.
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &generic{fd: fd}, nil
}

// family returns the number of a family of messages.
func (g *generic) family(name string) (uint16, error) {
	answer, err := g.ask(unix.GENL_ID_CTRL, unix.CTRL_CMD_GETFAMILY, unix.CTRL_ATTR_FAMILY_NAME, append([]byte(name), 0))
	if err != nil {
		return 0, err
	}
	id := attributeOf(answer, unix.CTRL_ATTR_FAMILY_ID)
	if len(id) != 2 {
		return 0, errNoAnswer
	}
	return binary.NativeEndian.Uint16(id), nil
}

var errNoAnswer = errors.New("the kernel gave no answer")

// ask sends a command with one attribute and returns the attributes of the answer.
func (g *generic) ask(family uint16, command uint8, kind uint16, value []byte) ([]byte, error) {
	g.next++
	e := binary.NativeEndian
	attribute := e.AppendUint16(e.AppendUint16(nil, uint16(4+len(value))), kind)
	attribute = append(attribute, value...)
	for len(attribute)%4 != 0 {
		attribute = append(attribute, 0)
	}
	m := e.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+unix.GENL_HDRLEN+len(attribute)))
	m = e.AppendUint16(e.AppendUint16(m, family), unix.NLM_F_REQUEST)
	m = e.AppendUint32(e.AppendUint32(m, g.next), 0)
	m = append(append(m, command, 1, 0, 0), attribute...)
	if err := unix.Sendto(g.fd, m, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, err
	}
	b := make([]byte, 16<<10)
	n, _, err := unix.Recvfrom(g.fd, b, 0)
	if err != nil {
		return nil, err
	}
	return readGeneric(b[:n], family, g.next)
}

// readGeneric returns the attributes of the first message, if it is the answer that is waited for.
func readGeneric(b []byte, family uint16, number uint32) ([]byte, error) {
	const head = unix.SizeofNlMsghdr + unix.GENL_HDRLEN
	e := binary.NativeEndian
	if len(b) < head || e.Uint16(b[4:]) != family || e.Uint32(b[8:]) != number {
		return nil, errNoAnswer
	}
	length := e.Uint32(b)
	if length < head || uint64(length) > uint64(len(b)) {
		return nil, errNoAnswer
	}
	return b[head:length], nil
}

func attributeOf(b []byte, wanted uint16) (out []byte) {
	eachAttribute(b, func(kind uint16, value []byte) {
		if kind == wanted && out == nil {
			out = value
		}
	})
	return out
}
