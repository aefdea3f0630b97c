package discovery

import (
	"bufio"
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
		if metric, ok := gateways[i.Name]; ok {
			i.Gateway, i.Metric = true, metric
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

// defaultRoutes returns the metric of each interface's default route. A full tunnel often leaves
// the default route alone and covers it with two halves (0/1 and 128/1); those do not count, so the
// network below is still seen as the one with the gateway.
func defaultRoutes() map[string]int {
	out := make(map[string]int)
	note := func(name string, metric int) {
		if old, ok := out[name]; !ok || metric < old {
			out[name] = metric
		}
	}
	// Iface Destination Gateway Flags RefCnt Use Metric Mask …
	eachLine("/proc/net/route", func(f []string) {
		if len(f) > 7 && f[1] == "00000000" && f[7] == "00000000" {
			if metric, err := strconv.Atoi(f[6]); err == nil {
				note(f[0], metric)
			}
		}
	})
	// destination length source length nexthop metric refcnt use flags iface
	eachLine("/proc/net/ipv6_route", func(f []string) {
		if len(f) > 9 && f[1] == "00" && strings.Trim(f[0], "0") == "" && strings.Trim(f[4], "0") != "" {
			if metric, err := strconv.ParseUint(f[5], 16, 32); err == nil {
				note(f[9], int(min(metric, 1<<20)))
			}
		}
	})
	return out
}

// ipv6Flags reads the address flags that net.Interfaces does not tell.
func ipv6Flags() map[netip.Addr]int {
	out := make(map[netip.Addr]int)
	// address ifindex prefixlen scope flags name
	eachLine("/proc/net/if_inet6", func(f []string) {
		if len(f) < 6 || len(f[0]) != 32 {
			return
		}
		var b [16]byte
		for i := range b {
			v, err := strconv.ParseUint(f[0][2*i:2*i+2], 16, 8)
			if err != nil {
				return
			}
			b[i] = byte(v)
		}
		if flags, err := strconv.ParseUint(f[4], 16, 32); err == nil {
			out[netip.AddrFrom16(b)] = int(flags)
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
