package discovery

import (
	"net/netip"
	"slices"
	"testing"
)

func home(change func(*Interface)) Table {
	i := Interface{Name: "wlan0", Up: true, Wireless: true, Hardware: true, Gateway: true, SSID: "Home",
		Router: netip.MustParseAddr("192.168.1.1"), RouterMAC: "aa:bb:cc:00:00:01",
		Addrs: []Addr{{Prefix: netip.MustParsePrefix("192.168.1.20/24")}, {Prefix: netip.MustParsePrefix("2001:db8:1::5/64")}}}
	if change != nil {
		change(&i)
	}
	return Table{i}
}

func prefixed4(text string) []Addr { return []Addr{{Prefix: netip.MustParsePrefix(text)}} }

// TestNetworkStaysItself: what may change while a network stays the same, and what makes another of it.
func TestNetworkStaysItself(t *testing.T) {
	own := Networks(home(nil))[0]
	if own.Medium() != "wifi" || own.SSID != "Home" || !own.Sure || own.Addr.String() != "192.168.1.20" || len(own.ID) != 16 {
		t.Fatalf("%+v", own)
	}
	for name, c := range map[string]struct {
		change func(*Interface)
		same   bool
	}{
		"another address of the range":         {func(i *Interface) { i.Addrs[0].Prefix = netip.MustParsePrefix("192.168.1.77/24") }, true},
		"another IPv6 range":                   {func(i *Interface) { i.Addrs[1].Prefix = netip.MustParsePrefix("2001:db8:2::5/64") }, true},
		"the other radio of the same router":   {func(i *Interface) { i.SSID = "Home 5 GHz" }, true},
		"by cable":                             {func(i *Interface) { i.Name, i.Wireless, i.SSID = "eth0", false, "" }, true},
		"the guests' range of the same router": {func(i *Interface) { i.Addrs = prefixed4("192.168.179.20/24") }, false},
		"a network that only calls itself so":  {func(i *Interface) { i.RouterMAC = "de:ad:be:ef:00:01" }, false},
		"a router that does not answer":        {func(i *Interface) { i.RouterMAC = "" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Networks(home(c.change))[0]; (got.ID == own.ID) != c.same {
				t.Errorf("%+v, before %+v", got, own)
			}
		})
	}
}

func TestNetworksOfSeveralInterfaces(t *testing.T) {
	cable := home(func(i *Interface) {
		i.Name, i.Wireless, i.SSID, i.Addrs = "eth0", false, "", prefixed4("192.168.1.21/24")
	})[0]
	vpn := Interface{Name: "tailscale0", Up: true, Tunnel: true, Addrs: prefixed4("100.101.102.103/32")}
	docker := Interface{Name: "docker0", Up: true, Bridge: true, MAC: "02:42:ac:11:00:02", Addrs: prefixed4("172.17.0.1/16")}
	list := Networks(Table{docker, vpn, cable, home(nil)[0]})
	if len(list) != 3 || !slices.Equal(list[0].Interfaces, []string{"wlan0", "eth0"}) || list[1].Medium() != "tunnel" || list[2].Medium() != "virtual" {
		t.Fatalf("%+v", list)
	}
	if !list[0].Near() || list[1].Near() || list[2].Near() {
		t.Error("near are those of the room only")
	}
	for from, want := range map[string][]int{
		"192.168.1.99":    {0},
		"2001:db8:1::77":  {0},
		"172.17.0.9":      {2},
		"100.101.102.103": {1},
		"203.0.113.9":     {0}, // comes through the router
		"fe80::1%wlan0":   {0},
	} {
		if got := Of(list, netip.MustParseAddr(from)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", from, got, want)
		}
	}
	if got := Of(Networks(Table{docker}), netip.MustParseAddr("203.0.113.9")); got != nil {
		t.Errorf("from nowhere: %v", got)
	}
	// Two networks with the same range: the address does not tell which.
	other := home(func(i *Interface) { i.Name, i.RouterMAC, i.SSID = "wlan1", "aa:bb:cc:00:00:02", "Guests" })[0]
	if got := Of(Networks(Table{home(nil)[0], other}), netip.MustParseAddr("192.168.1.99")); len(got) != 2 {
		t.Errorf("two of one range: %v", got)
	}
}

func TestSameTellsNetworksApart(t *testing.T) {
	if !home(nil).Same(home(nil)) {
		t.Error("nothing changed")
	}
	if home(nil).Same(home(func(i *Interface) { i.RouterMAC = "de:ad:be:ef:00:01" })) {
		t.Error("another router with the same addresses was missed")
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"Home", "\x1b[31mred", "a\u202eb", "  two  words ", "\xff\xfe", "line\nbreak", "🐈‍⬛ cat", string(make([]byte, 300))} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := CleanName(s)
		if len(got) > 63 || got != CleanName(got) {
			t.Errorf("%q became %q, then %q", s, got, CleanName(got))
		}
		for _, r := range got {
			if r < ' ' || r == 0x7f || r == '\u202e' || r == '\u2028' {
				t.Errorf("%q became %q", s, got)
			}
		}
	})
}
