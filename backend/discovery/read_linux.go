package discovery

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// describe adds what /sys and /proc know of each interface.
func describe(t Table) {
	gateways := defaultRoutes()
	flags := ipv6Flags()
	for n := range t {
		i := &t[n]
		dir := filepath.Join("/sys/class/net", i.Name)
		i.Wireless = exists(dir+"/wireless") || exists(dir+"/phy80211")
		i.Bridge = exists(dir + "/bridge")
		i.Tunnel = i.Tunnel || exists(dir+"/tun_flags")
		i.Hardware = exists(dir + "/device")
		if i.Bridge {
			i.Ports = hardwarePorts(dir + "/brif")
		}
		if r, ok := gateways[i.Name]; ok {
			i.Gateway, i.Metric, i.Router = true, r.metric, r.router
		}
		for a := range i.Addrs {
			f := flags[i.Addrs[a].Addr().WithZone("")]
			i.Addrs[a].Temporary = f&unix.IFA_F_TEMPORARY != 0
			i.Addrs[a].Unusable = f&(unix.IFA_F_DEPRECATED|unix.IFA_F_TENTATIVE|unix.IFA_F_DADFAILED) != 0
		}
	}
}

// hardwarePorts counts the members of a bridge behind which a device stands.
func hardwarePorts(dir string) int {
	members, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	count := 0
	for _, m := range members {
		if exists(filepath.Join("/sys/class/net", m.Name(), "device")) {
			count++
		}
	}
	return count
}

type defaultRoute struct {
	metric int
	router netip.Addr
}

// defaultRoutes returns each interface's default route. A full tunnel often leaves the default route
// alone and covers it with two halves (0/1 and 128/1); those do not count, so the network below is
// still seen as the one with the gateway.
func defaultRoutes() map[string]defaultRoute {
	out := make(map[string]defaultRoute)
	note := func(name string, metric int, router netip.Addr) {
		old, ok := out[name]
		if !ok {
			old = defaultRoute{metric, router}
		}
		if !old.router.IsValid() || old.router.Is6() && router.Is4() {
			old.router = router
		}
		old.metric = min(old.metric, metric)
		out[name] = old
	}
	// Iface Destination Gateway Flags RefCnt Use Metric Mask …
	eachLine("/proc/thread-self/net/route", func(f []string) {
		if len(f) > 7 && f[1] == "00000000" && f[7] == "00000000" {
			if metric, err := strconv.Atoi(f[6]); err == nil {
				note(f[0], metric, hexAddr4(f[2]))
			}
		}
	})
	// destination length source length nexthop metric refcnt use flags iface
	eachLine("/proc/thread-self/net/ipv6_route", func(f []string) {
		if len(f) > 9 && f[1] == "00" && strings.Trim(f[0], "0") == "" && strings.Trim(f[4], "0") != "" {
			if metric, err := strconv.ParseUint(f[5], 16, 32); err == nil {
				router, _ := hexAddr6(f[4])
				note(f[9], int(min(metric, 1<<20)), router)
			}
		}
	})
	return out
}

// hexAddr4 reads an address as the kernel prints its four bytes: as one number of this machine.
func hexAddr4(text string) netip.Addr {
	n, err := strconv.ParseUint(text, 16, 32)
	if err != nil || n == 0 {
		return netip.Addr{}
	}
	var b [4]byte
	binary.NativeEndian.PutUint32(b[:], uint32(n))
	return netip.AddrFrom4(b)
}

func hexAddr6(text string) (netip.Addr, bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 16 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom16([16]byte(b)), true
}

// ipv6Flags reads the address flags that net.Interfaces does not tell.
func ipv6Flags() map[netip.Addr]int {
	out := make(map[netip.Addr]int)
	// address ifindex prefixlen scope flags name
	eachLine("/proc/thread-self/net/if_inet6", func(f []string) {
		if len(f) < 6 {
			return
		}
		addr, ok := hexAddr6(f[0])
		if flags, err := strconv.ParseUint(f[4], 16, 32); ok && err == nil {
			out[addr] = int(flags)
		}
	})
	return out
}

func eachLine(path string, do func(fields []string)) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		do(strings.Fields(lines.Text()))
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
