package tftp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// TestLossWithAtftp: a foreign client over a network that loses and doubles packets.
func TestLossWithAtftp(t *testing.T) {
	if _, err := exec.LookPath("atftp"); err != nil {
		t.Skip("atftp is not installed")
	}
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{Names: everybody(protocoltest.Alice)})
	data := content(150_003)
	h.Lay("/files/down", data)
	var clients sync.WaitGroup
	for _, window := range []int{1, 4, 16, 64} {
		down, up := bad(t, d.Addrs()[0], uint64(window)), bad(t, d.Addrs()[0], uint64(window))
		run := func(at netip.AddrPort, args ...string) error {
			all := append([]string{"--option", "timeout 1", "--option", "blksize 1428", "--option", "windowsize " + strconv.Itoa(window)}, args...)
			out, err := exec.Command("atftp", append(all, at.Addr().String(), strconv.Itoa(int(at.Port())))...).CombinedOutput()
			if err != nil {
				t.Errorf("window %d: %v: %s", window, err, out)
			}
			return err
		}
		clients.Go(func() {
			file := filepath.Join(t.TempDir(), "down")
			if run(down, "--get", "--remote-file=files/down", "--local-file="+file) != nil {
				return
			}
			if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, data) {
				t.Errorf("window %d: %d octets came, want %d: %v", window, len(got), len(data), err)
			}
		})
		clients.Go(func() {
			file, err := laid(t, data)
			if err != nil {
				t.Error(err)
				return
			}
			name := fmt.Sprintf("/files/up%d", window)
			if run(up, "--put", "--remote-file="+name, "--local-file="+file) != nil {
				return
			}
			if got := h.OnDisk(name); !bytes.Equal(got, data) {
				t.Errorf("window %d: %d octets are on the disk, want %d", window, len(got), len(data))
			}
		})
	}
	clients.Wait()
}

// bad is a network between one client and a server that loses and doubles some packets; requests get
// through.
func bad(t *testing.T, door netip.AddrPort, seed uint64) netip.AddrPort {
	t.Helper()
	var work sync.WaitGroup
	t.Cleanup(work.Wait) // comes last
	socket := func() *net.UDPConn {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	front, near, far := socket(), socket(), socket()
	var mu sync.Mutex
	var client, server netip.AddrPort
	r := rand.New(rand.NewPCG(seed, 1))
	pass := func(to *net.UDPConn, p []byte, at netip.AddrPort) {
		times := 1
		switch n := r.IntN(100); {
		case n < 2:
			times = 0
		case n < 7:
			times = 2
		}
		for range times {
			// What cannot be sent is lost, too.
			_, _ = to.WriteToUDPAddrPort(p, at)
		}
	}
	carry := func(from *net.UDPConn, packet func([]byte, netip.AddrPort)) {
		work.Go(func() {
			buf := make([]byte, 4096)
			for {
				n, at, err := from.ReadFromUDPAddrPort(buf)
				if err != nil {
					return
				}
				mu.Lock()
				packet(buf[:n], at)
				mu.Unlock()
			}
		})
	}
	carry(front, func(p []byte, at netip.AddrPort) { client = at; _, _ = far.WriteToUDPAddrPort(p, door) })
	carry(far, func(p []byte, at netip.AddrPort) { server = at; pass(near, p, client) })
	carry(near, func(p []byte, at netip.AddrPort) { pass(far, p, server) })
	return front.LocalAddr().(*net.UDPAddr).AddrPort()
}
