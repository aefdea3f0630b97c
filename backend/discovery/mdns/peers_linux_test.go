package mdns

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// TestPeers: who says to be a Portico is listed as far as it can be true.
func TestPeers(t *testing.T) {
	r := newRoom(t)
	lan := r.stranger("lan0")
	const all = PorticoService + ".local."
	peer := func(name, at string, port uint16) []dnsmessage.Resource {
		full, host := name+"."+all, fmt.Sprintf("h%d-%s.local.", port, strings.ReplaceAll(at, ".", "-"))
		return []dnsmessage.Resource{pointer(all, full), service(full, host, port), address(host, at)}
	}
	before := descriptors(t)
	lan.answers(func(q dnsmessage.Question) []dnsmessage.Resource {
		if q.Name.String() != all {
			return nil
		}
		lan.say(peer("Lab bench", "192.168.50.2", 3923)...)
		lan.say(peer("\x1b[31mred\u202e ünï", "192.168.50.3", 80)...)
		lan.say(peer("far away", "203.0.113.9", 3923)...)
		lan.say(peer("own", "192.168.50.1", 3923)...)
		lan.say(peer("no port", "192.168.50.4", 0)...)
		lan.say(peer("loopback", "127.0.0.1", 3923)...)
		for n := range 200 {
			lan.say(peer(fmt.Sprintf("flood %d", n), "192.168.50.77", uint16(5000+n))...)
		}
		return nil
	})
	s := speaker(t)
	list := s.Peers(t.Context(), []string{"lan0"})
	if len(list) != peersMost {
		t.Errorf("%d peers", len(list))
	}
	got := map[string]string{}
	for _, p := range list {
		got[p.URL] = p.Name
	}
	if got["http://192.168.50.2:3923/"] != "Lab bench" || got["http://192.168.50.3:80/"] != "[31mred ünï" {
		t.Errorf("%v", got)
	}
	for at := range got {
		for _, wrong := range []string{"203.0.113.9", "192.168.50.1:", "127.0.0.1", ":0/"} {
			if strings.Contains(at, wrong) {
				t.Errorf("%s is listed", at)
			}
		}
	}
	r.Until("sockets closed", func() bool { return descriptors(t) <= before })
}

// TestServers: other file servers are found, too, and names of theirs cleaned.
func TestServers(t *testing.T) {
	r := newRoom(t)
	lan := r.stranger("lan0")
	at := map[string][]dnsmessage.Resource{}
	for kind, port := range map[string]uint16{"_smb._tcp.local.": 445, "_ftp._tcp.local.": 2121, "_ftps._tcp.local.": 990, "_tftp._udp.local.": 6969, "_ipp._tcp.local.": 631} {
		full := "Disk\x1bstation." + kind
		at[kind] = []dnsmessage.Resource{pointer(kind, full), service(full, "disk.local.", port), address("disk.local.", "192.168.50.9")}
	}
	lan.answers(func(q dnsmessage.Question) []dnsmessage.Resource { return at[q.Name.String()] })
	r.Until("all", func() bool {
		var got []string
		for _, p := range speaker(t).Peers(t.Context(), []string{"lan0", "gone0"}) {
			got = append(got, p.Type+" "+p.Name+" "+p.URL)
		}
		return slices.Equal(got, []string{"_ftp._tcp Diskstation ftp://192.168.50.9:2121/", "_ftps._tcp Diskstation ftps://192.168.50.9/",
			"_smb._tcp Diskstation smb://192.168.50.9/", "_tftp._udp Diskstation tftp://192.168.50.9:6969/"})
	})
}
