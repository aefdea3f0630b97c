package mdns

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grandcat/zeroconf"

	"portico/backend/discovery/group"
)

func TestNames(t *testing.T) {
	long := strings.Repeat("ä", 40)
	for _, c := range []struct {
		name string
		n    int
		want string
	}{
		{"Studio laptop", 1, "Studio laptop"}, {"Studio laptop", 2, "Studio laptop (2)"}, {"a.b\\c", 1, "a b c"}, {"\x00\n", 1, "Portico"},
		{long, 1, strings.Repeat("ä", 31)}, {long, 12, strings.Repeat("ä", 29) + " (12)"},
	} {
		if got := instanceName(c.name, c.n); got != c.want || len(got) > longestLabel {
			t.Errorf("%q, %d: %q", c.name, c.n, got)
		}
	}
	for _, c := range []struct {
		name string
		n    int
		want string
	}{
		{"Studio.example.org", 1, "studio"}, {"my_laptop", 2, "my-laptop-2"}, {"-ünï-", 1, "n"}, {"日本", 1, "portico"}, {strings.Repeat("a", 80), 3, strings.Repeat("a", 61) + "-3"},
	} {
		if got := hostLabel(c.name, c.n); got != c.want {
			t.Errorf("%q, %d: %q", c.name, c.n, got)
		}
	}
}

func TestUnescape(t *testing.T) {
	for s, want := range map[string]string{`a\032b\.c\\`: `a b.c\`, `\195\164`: "ä", `\`: `\`, `\2`: "2", `\999`: "999", "": ""} {
		if got := unescape(s); got != want {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"Studio laptop", "Büro (2)", `a\032b`, `\`, `\2`, `\999`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_ = unescape(s)
		if name := instanceName(s, 3); len(name) > longestLabel || strings.ContainsAny(name, `.\`) || !strings.HasSuffix(name, " (3)") {
			t.Errorf("%q became %q", s, name)
		}
		if host := hostLabel(s, 3); len(host) > longestLabel || !strings.HasSuffix(host, "-3") {
			t.Errorf("%q became %q", s, host)
		}
		n := names{host: hostLabel(s, 1) + ".local.", instance: instanceName(s, 1)}
		a := answer{answers: n.everything(&Service{Type: "_sftp-ssh._tcp", Port: 22, Path: "/"}, nil, false)}
		if a.packet(0) == nil {
			t.Errorf("%q cannot be told", s)
		}
	})
}

// FuzzHeard gives packets to the ear as if they came from this computer.
func FuzzHeard(f *testing.F) {
	loop, err := net.InterfaceByIndex(1)
	if err != nil || loop.Flags&net.FlagLoopback == 0 {
		f.Skip("the first interface is not loopback")
	}
	for _, q := range []string{"\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06studio\x05local\x00\x00\x01\x00\x01",
		"\x00\x00\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00\x06studio\x05local\x00\x00\x01\x00\x01\x00\x00\x00\x78\x00\x04\xc0\xa8\x01\x01"} {
		f.Add([]byte(q))
	}
	f.Add([]byte("\x00\x00\x00\x00\x00\x02\x00\x01\x00\x00\x00\x00\x06Dr. No\x05_http\x04_tcp\x05local\x00\x00\x21\x00\x01\xc0\x13\x00\x0c\x00\x01\xc0\x13\x00\x0c\x00\x01\x00\x00\x11\x94\x00\x02\xc0\x0c"))
	f.Add([]byte("\x00\x00\x02\x00\x00\x01\x00\x00\x00\x01\x00\x00\x08studio-2\x05local\x00\x00\xff\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x78\x00\x04\xc0\xa8\x01\x01"))
	c, err := net.ListenUDP("udp4", nil)
	if err != nil {
		f.Fatal(err)
	}
	_ = c.Close() // what would be sent is not
	f.Fuzz(func(t *testing.T, packet []byte) {
		e := &ear{clashes: make(chan clash, 1), heardOf: func(string, netip.Addr) {}, over: make(chan struct{}), last: make(map[heading]time.Time)}
		defer e.close()
		at := func() *place {
			return &place{link: &link{Interface: *loop}, socket: &group.Socket{UDPConn: c}, from: netip.MustParseAddrPort("127.0.0.1:5353")}
		}
		e.own(names{host: "studio.local.", instance: "Studio", services: []Service{{Type: "_http._tcp", Port: 1, Interfaces: []string{loop.Name}}}})
		e.watch(names{host: "studio-2.local.", instance: "Studio (2)"}, true)
		e.heard(packet, at())
		e.unwatch()
		e.heard(packet, at())
	})
}

func FuzzPeer(f *testing.F) {
	f.Add("Studio", []byte{192, 168, 50, 2}, 80, "path=/dav/")
	f.Add("\\0271", []byte{}, -1, "path=//elsewhere.example/")
	own := ownAddresses{netip.MustParsePrefix("192.168.50.1/24")}
	f.Fuzz(func(t *testing.T, name string, ip []byte, port int, text string) {
		e := zeroconf.NewServiceEntry(name, PorticoService, "local.")
		e.Port, e.AddrIPv4, e.Text = port, []net.IP{nil, ip}, []string{text}
		p, ok := peerOf(e, "_webdav._tcp", own, time.Now())
		if at, err := url.Parse(p.URL); ok && (err != nil || at.Hostname() != p.Address.String() || at.User != nil) {
			t.Errorf("%+v, %v", p, err)
		}
		if ok && (p.Name == "" || !own[0].Contains(p.Address) || !strings.HasPrefix(p.URL, "http://192.168.50.")) {
			t.Errorf("%+v", p)
		}
	})
}

// TestMerge: who was found is listed by type and name, whatever the order, and of no type too many.
func TestMerge(t *testing.T) {
	now := time.Now()
	var p peers
	for range 20 {
		found := []Peer{
			{Type: "_smb._tcp", Name: "b", URL: "smb://192.168.1.40/", Seen: now}, {Type: "_ftp._tcp", Name: "a", URL: "ftp://192.168.1.40/", Seen: now},
			{Type: "_smb._tcp", Name: "A", URL: "smb://192.168.1.41/", Seen: now},
		}
		for n := range peersMost + 6 {
			found = append(found, Peer{Type: PorticoService, Name: "flood", URL: "http://192.168.1.42:" + strconv.Itoa(4000+n) + "/", Seen: now})
		}
		p.merge(found)
		var got []string
		for _, one := range p.list {
			if one.Type != PorticoService {
				got = append(got, one.URL)
			}
		}
		if !slices.Equal(got, []string{"ftp://192.168.1.40/", "smb://192.168.1.41/", "smb://192.168.1.40/"}) || len(p.list) != 3+peersMost {
			t.Fatalf("%d: %q", len(p.list), got)
		}
	}
}
