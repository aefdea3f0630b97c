package mdns

import (
	"errors"
	"net"
	"os"
	"testing"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"

	"portico/backend/discovery/roomtest"
)

func TestMain(m *testing.M) { roomtest.Main(m) }

// room is where strangers are.
type room struct {
	*roomtest.Room
	t *testing.T
}

func newRoom(t *testing.T) *room {
	t.Helper()
	return &room{roomtest.New(t), t}
}

// openGroup opens a socket of multicast DNS on one interface.
func openGroup(t *testing.T, name string) *ipv4.PacketConn {
	t.Helper()
	i, err := net.InterfaceByName(name)
	if err != nil {
		t.Error(err)
		return nil
	}
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 0, 0), Port: port})
	if err != nil {
		t.Error(err)
		return nil
	}
	if raw, err := c.SyscallConn(); err != nil {
		t.Error(err)
	} else if err := raw.Control(func(fd uintptr) {
		// Only what comes from where it joined.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0)
	}); err != nil {
		t.Error(err)
	}
	p := ipv4.NewPacketConn(c)
	if err := errors.Join(p.JoinGroup(i, net.UDPAddrFromAddrPort(group4())), p.SetMulticastInterface(i), p.SetMulticastLoopback(false)); err != nil {
		t.Error(err)
	}
	return p
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
