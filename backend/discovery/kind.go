package discovery

import "strings"

// Kind is what an interface is for, as far as a phone in the room is concerned.
type Kind uint8

const (
	LAN     Kind = iota // a wired or wireless network
	Hotspot             // this computer is the access point
	Tether              // a phone shares its connection with this computer
	Tunnel              // a VPN or overlay network
	Virtual             // containers and virtual machines of this computer
)

func (k Kind) String() string {
	return [...]string{"lan", "hotspot", "tether", "tunnel", "virtual"}[k]
}

// Words that makers put into names and descriptions of their adapters, lower case. A table in
// code, because there is no other way to know: systems give these the same type as a network card.
func tunnelWords() []string {
	return []string{"tailscale", "zerotier", "hamachi", "wireguard", "nordlynx", "wintun", "tap-windows", "tap-nordvpn",
		"openvpn", "proton", "mullvad", "anyconnect", "fortinet", "fortissl", "pangp", "globalprotect", "juniper",
		"pulse secure", "check point", "sonicwall", "radmin", "wan miniport", "expressvpn", "surfshark", "cloudflare",
		"nebula", "netbird", "teredo", "isatap", "6to4", "softether", "cisco secure client", "zscaler", "f5 networks vpn"}
}

func tunnelNames() []string {
	return []string{"tun", "tap", "wg", "ppp", "utun", "ipsec", "gpd", "ham", "zt", "ts", "nebula", "wt", "sit", "ip6tnl", "gre",
		"vti", "xfrm", "mullvad", "proton", "outline", "ipv6leakintrf", "cscotun", "csctun", "vpn", "nordtun", "tailscale", "warp"}
}

func virtualWords() []string {
	return []string{"virtualbox", "vmware", "hyper-v", "vethernet", "npcap", "loopback", "docker", "wsl", "parallels", "bluetooth",
		"host-only", "vmnet", "nat network", "sandbox", "bluestacks", "virtual switch"}
}

func virtualNames() []string {
	return []string{"docker", "br-", "veth", "virbr", "vnet", "vmnet", "vboxnet", "lxcbr", "lxdbr", "incusbr", "lxc", "cni", "flannel",
		"cali", "kube", "podman", "cilium", "dummy", "ifb", "awdl", "llw", "anpi", "vmenet", "nerdctl", "mpqemubr", "waydroid",
		"hassio", "fwbr", "fwln", "fwpr", "tap-vm", "bnep", "pan", "stf", "gif", "ap", "vnic", "feth", "crc", "k3s", "kind", "vif"}
}

// classify says what an interface is. A default gateway is evidence of a real network: a bridge or
// virtual switch that carries one is the LAN itself.
func classify(i Interface) Kind {
	name, said := strings.ToLower(i.Name), strings.ToLower(i.Name+" "+i.Description)
	switch {
	case hotspot(i, said):
		return Hotspot
	case containsAny(said, "apple mobile device", "remote ndis", "android") || prefixed(name, []string{"rndis", "usb", "wwan"}):
		return Tether
	case containsAny(said, tunnelWords()...) || prefixed(name, tunnelNames()):
		return Tunnel
	case i.Gateway && !i.Tunnel:
		return LAN
	case i.Bridge && i.Ports > 0 && !prefixed(name, []string{"docker", "br-", "virbr", "podman", "cni", "lxdbr", "incusbr", "lxcbr"}):
		return LAN
	case containsAny(said, virtualWords()...) || prefixed(name, virtualNames()) || virtualMAC(i):
		return Virtual
	case i.Tunnel:
		return Tunnel
	case i.Bridge:
		return Virtual
	}
	return LAN
}

// hotspot: the addresses that systems give to themselves when they share a connection.
func hotspot(i Interface, said string) bool {
	if i.Gateway {
		return false
	}
	for _, a := range i.Addrs {
		own := a.Addr().String()
		switch {
		case own == "192.168.137.1" && !strings.Contains(said, "vethernet"): // Windows
			return true
		case strings.HasPrefix(own, "10.42.") && strings.HasSuffix(own, ".1") && !i.Bridge: // NetworkManager
			return true
		case own == "192.168.2.1" && strings.HasPrefix(said, "bridge1"): // macOS
			return true
		case own == "192.168.12.1" && i.Wireless: // create_ap
			return true
		}
	}
	return strings.Contains(said, "wi-fi direct") && len(i.Addrs) > 0
}

// virtualMAC: makers' prefixes that only interfaces of a *host* towards its guests have. A guest's
// own card has such a prefix too, but then it also has the gateway.
func virtualMAC(i Interface) bool {
	return prefixed(i.MAC, []string{"02:42:", "0a:00:27", "00:50:56:c0", "00:15:5d", "00:1c:42:00"})
}

func containsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// prefixed reports whether name begins with one of the prefixes as a word of its own: "tun0" and
// "tun" begin with "tun", "tuna" does not; a prefix that ends in punctuation stands for itself.
func prefixed(name string, prefixes []string) bool {
	for _, p := range prefixes {
		rest, ok := strings.CutPrefix(name, p)
		if ok && (rest == "" || rest[0] < 'a' || rest[0] > 'z' || p[len(p)-1] == '-' || p[len(p)-1] == ':' || joins(p)) {
			return true
		}
	}
	return false
}

// joins: prefixes that are followed by letters (veth1a2b begins with digits or letters alike).
func joins(p string) bool {
	switch p {
	case "veth", "cali", "zt", "wg", "virbr", "vboxnet", "vmnet", "flannel", "tailscale", "nebula", "cilium", "proton", "mullvad", "docker", "podman", "lxdbr", "incusbr", "lxcbr", "fwbr", "fwln", "fwpr", "mpqemubr", "waydroid", "hassio":
		return true
	}
	return strings.Contains(p, ":")
}
