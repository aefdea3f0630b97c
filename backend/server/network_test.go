package server

import (
	"errors"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery"
	"portico/backend/share"
	"portico/backend/vfs"
)

// wifi is a radio network behind one router, beside a VPN.
func wifi(ssid, prefix, router string) discovery.Table {
	p := netip.MustParsePrefix(prefix)
	return discovery.Table{
		{Name: "lo", Up: true, Loopback: true, Addrs: []discovery.Addr{{Prefix: netip.MustParsePrefix("127.0.0.1/8")}}},
		{Name: "wlan0", Up: true, Wireless: true, Hardware: true, Gateway: true, SSID: ssid, Router: p.Masked().Addr().Next(), RouterMAC: router,
			Addrs: []discovery.Addr{{Prefix: p}}},
		{Name: "tail0", Up: true, Tunnel: true, Addrs: []discovery.Addr{{Prefix: netip.MustParsePrefix("100.64.0.9/32")}}},
	}
}

func home() discovery.Table   { return wifi("Home", "192.168.1.20/24", "aa:00:00:00:00:01") }
func office() discovery.Table { return wifi("Office", "10.0.0.20/24", "aa:00:00:00:00:02") }

// traveller is a house that asks about networks, and whose visitors' addresses a proxy tells.
type traveller struct {
	t    *testing.T
	s    *Server
	ask  func(status int, method, path string, body, out any)
	link string
}

func travel(t *testing.T, data string) *traveller {
	t.Helper()
	v := &traveller{t: t}
	v.s, v.ask = deskOf(t, data)
	v.set("network.unapproved", "pause")
	v.set("http.trusted_proxies", []string{"127.0.0.1"})
	return v
}

func (v *traveller) set(key string, value any) {
	v.t.Helper()
	v.ask(200, "PATCH", "/-/api/settings", map[string]any{"changes": []map[string]any{{"key": key, "value": value}}}, nil)
}

func (v *traveller) comesTo(table discovery.Table) {
	v.s.addrs.update(table)
	v.s.moved(table)
}

// shares makes a link as the owner does.
func (v *traveller) shares() {
	v.t.Helper()
	at, err := v.s.treePath(v.t.Context(), folderWith(v.t, "a.txt"))
	if err != nil {
		v.t.Fatal(err)
	}
	made, err := v.s.shares.Create(v.t.Context(), account.Owner(), share.NewShare{Path: at, Public: true})
	if err != nil {
		v.t.Fatal(err)
	}
	v.link = "/s/" + made.Key + "/a.txt"
}

// visit opens a path from an address; "" is this computer itself.
func (v *traveller) visit(from, path string) (int, string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), "GET", v.s.Addresses()[0]+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	if from != "" {
		r.Header.Set("X-Forwarded-For", from)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func (v *traveller) opens(from string, want bool) {
	v.t.Helper()
	status, body := v.visit(from, v.link)
	nothing, none := v.visit(from, "/s/aaaaaaaa/a.txt")
	if want && status != 200 || !want && (status != nothing || strings.ReplaceAll(body, v.link, "") != strings.ReplaceAll(none, "/s/aaaaaaaa/a.txt", "")) {
		v.t.Errorf("from %s: %d %.80s", from, status, body)
	}
}

func (v *traveller) networks() (out api.LocalNetworkList) {
	v.t.Helper()
	v.ask(200, "GET", "/-/api/networks", nil, &out)
	return out
}

// told returns what Activity says of networks.
func (v *traveller) told() (out []string) {
	v.t.Helper()
	list, err := v.s.store.Events(v.t.Context(), 0, 1000)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, e := range list {
		if strings.HasPrefix(e.Code, "NET-MOVED") {
			out = append(out, e.Code+" "+e.Text)
		}
	}
	return out
}

// TestLinksPauseElsewhere is the story of a laptop that goes from home to the office and back.
func TestLinksPauseElsewhere(t *testing.T) {
	data := t.TempDir()
	v := travel(t, data)
	v.comesTo(home())
	if n := v.networks(); !n.Asking || len(n.Networks) != 2 || n.Networks[0].Name != "Home" || n.Networks[0].Kind != "wifi" || n.Networks[0].Approved || !n.Networks[0].Best {
		t.Fatalf("%+v", n)
	}
	v.shares()
	if n := v.networks(); !n.Networks[0].Approved || n.Networks[1].Approved {
		t.Errorf("the first share approves where it is made, and nothing else: %+v", n)
	}
	v.opens("192.168.1.99", true)
	v.opens("100.64.0.77", true) // comes through the router: nobody else has this address
	v.opens("10.0.0.99", true)   // so does this one

	v.comesTo(office())
	v.opens("10.0.0.99", false)
	v.opens("203.0.113.9", false)
	v.opens("", true)
	v.opens("10.0.0.20", true) // this computer itself
	v.shares()
	v.opens("10.0.0.99", false) // only the first one approves
	v.comesTo(home())
	v.opens("192.168.1.99", true)
	v.comesTo(wifi("Home", "192.168.1.20/24", "ee:00:00:00:00:0e"))
	v.opens("192.168.1.99", false) // it only calls itself so
	v.comesTo(office())
	want := "NET-MOVED-02 Network changed to “Office”. New QR ready; old links from “Home” do not work here. Links pause until you approve it"
	if told := v.told(); len(told) < 1 || told[0] != want || strings.Count(strings.Join(told, "\n"), "to “Office”") != 1 {
		t.Errorf("told: %q", told)
	}

	var row api.LocalNetwork
	id := v.networks().Networks[0].ID
	if v.ask(200, "PATCH", "/-/api/networks/"+id, map[string]any{"approved": true, "name": "Work"}, &row); !row.Approved || row.Name != "Work" || !row.Here {
		t.Errorf("%+v", row)
	}
	v.opens("10.0.0.99", true)
	stop(t, v.s)
	link := v.link
	v = travel(t, data)
	v.link = link
	v.comesTo(office())
	v.opens("10.0.0.99", true)
	v.ask(200, "PATCH", "/-/api/networks/"+id, map[string]any{"approved": false}, &row)
	v.opens("10.0.0.99", false)
	v.ask(200, "PATCH", "/-/api/networks/"+id, map[string]any{"approved": true}, nil)
	v.ask(204, "DELETE", "/-/api/networks/"+id, nil, nil)
	v.opens("10.0.0.99", false)
	v.ask(404, "DELETE", "/-/api/networks/"+id, nil, nil)
	v.ask(404, "PATCH", "/-/api/networks/0000000000000000", map[string]any{"approved": true}, nil)
	var all api.LocalNetworkList
	v.ask(200, "GET", "/-/api/networks?all=true", nil, &all)
	away := slices.DeleteFunc(all.Networks, func(n api.LocalNetwork) bool { return n.Here || n.Name != "Home" || !n.Approved })
	if len(away) != 1 || away[0].Kind != "wifi" || away[0].Seen == 0 {
		t.Errorf("%+v", away)
	}
}

// TestPausedInside: who was let in before cannot go on, through whatever door.
func TestPausedInside(t *testing.T) {
	v := travel(t, t.TempDir())
	v.comesTo(home())
	v.shares()
	from := netip.MustParseAddr("192.168.1.99")
	id, _, err := v.s.shares.Open(t.Context(), strings.Split(v.link, "/")[2], share.Visitor{Remote: from, Door: "test"})
	if err != nil || id.Kind != access.Link {
		t.Fatal(id, err)
	}
	session := v.s.tree.Session(t.Context(), id, vfs.Origin{Door: "test", Remote: from.String()})
	defer session.Close()
	if _, err := session.Stat("/a.txt"); err != nil {
		t.Fatal(err)
	}
	f, err := session.Open("/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v.ask(200, "PATCH", "/-/api/networks/"+v.networks().Networks[0].ID, map[string]any{"approved": false}, nil)
	if _, err := io.ReadAll(f); !errors.Is(err, vfs.ErrClosed) {
		t.Errorf("an open file: %v", err)
	}
	if _, err := session.Open("/a.txt"); !errors.Is(err, vfs.ErrClosed) {
		t.Errorf("a new one: %v", err)
	}
}

// TestWhoAsks: links pause where there is a window or a setting says so.
func TestWhoAsks(t *testing.T) {
	for _, c := range []struct {
		window  bool
		setting string
		asks    bool
	}{{false, "auto", false}, {true, "auto", true}, {true, config.Open, false}, {false, config.Pause, true}} {
		s := start(t, t.TempDir(), func(o *Options) { o.Window, o.Config.Network.Unapproved = c.window, c.setting })
		s.addrs.update(office())
		if got := s.paused(netip.MustParseAddr("10.0.0.99")); got != c.asks {
			t.Errorf("%+v: paused %v", c, got)
		}
	}
}

// TestChoiceIsRemembered: which address links show is remembered for each network.
func TestChoiceIsRemembered(t *testing.T) {
	data := t.TempDir()
	v := travel(t, data)
	best := func(want string) {
		t.Helper()
		for _, n := range v.networks().Networks {
			if n.Best != (n.Interface == want) {
				t.Errorf("%s: %+v", want, n)
			}
		}
	}
	v.comesTo(home())
	best("wlan0")
	v.ask(200, "PATCH", "/-/api/networks/"+v.networks().Networks[1].ID, map[string]any{"chosen": true}, nil)
	best("tail0")
	v.comesTo(office())
	best("wlan0")
	stop(t, v.s)
	v = travel(t, data)
	v.comesTo(home())
	best("tail0")
	if hosts := v.s.addrs.hosts(); hosts[0] != "100.64.0.9" {
		t.Errorf("links begin with %v", hosts)
	}
	v.ask(200, "PATCH", "/-/api/networks/"+v.networks().Networks[1].ID, map[string]any{"chosen": false}, nil)
	best("wlan0")
	// A network that is not here cannot be shown.
	id := v.networks().Networks[0].ID
	v.comesTo(office())
	v.ask(409, "PATCH", "/-/api/networks/"+id, map[string]any{"chosen": true}, nil)
}

// TestWish: what is announced, and where.
func TestWish(t *testing.T) {
	data := t.TempDir()
	v := travel(t, data)
	v.comesTo(home())
	v.shares()
	if w := v.s.wish(); len(w.Services) != 0 {
		t.Errorf("a door on loopback is announced: %+v", w)
	}
	v.set("http.addr", ":0")
	// Another program's table, so that no packet leaves this computer: there is no wlan0 here.
	v.tells("_http._tcp /", "_portico._tcp /", "_webdav._tcp /dav/")
	v.set("ftp.addr", ":0")
	v.set("sftp.addr", ":0")
	v.set("ftps.addr", ":0")
	v.set("tftp.addr", ":0")
	all := []string{"_ftp._tcp /", "_ftps._tcp /", "_http._tcp /", "_portico._tcp /", "_sftp-ssh._tcp /", "_tftp._udp ", "_webdav._tcp /dav/"}
	v.tells(all...)
	id := v.networks().Networks[0].ID
	v.ask(200, "PATCH", "/-/api/networks/"+id, map[string]any{"announced": false}, nil)
	v.tells()
	v.ask(200, "PATCH", "/-/api/networks/"+id, map[string]any{"announced": true}, nil)
	v.comesTo(office())
	v.tells() // nobody approved it
	v.comesTo(home())
	v.tells(all...)
	for _, name := range []string{"ftp", "ftps", "tftp", "webdav"} {
		if err := v.s.SetDoor(t.Context(), name, off); err != nil {
			t.Fatal(err)
		}
	}
	v.tells("_http._tcp /", "_portico._tcp /", "_sftp-ssh._tcp /")
	v.set("sftp.addr", "127.0.0.1:0")
	v.tells("_http._tcp /", "_portico._tcp /")
	v.set("network.announce", false)
	v.tells()
	var peers api.PeerList
	if v.ask(200, "GET", "/-/api/peers", nil, &peers); peers.Peers == nil || len(peers.Peers) != 0 {
		t.Errorf("%+v", peers)
	}
}

// tells checks the types and paths that are announced, sorted, and that each has the port of its door
// and is told at home alone.
func (v *traveller) tells(want ...string) {
	v.t.Helper()
	doors := map[string]string{"_http._tcp": "http", "_portico._tcp": "http", "_webdav._tcp": "http", "_ftp._tcp": "ftp",
		"_ftps._tcp": "ftps", "_sftp-ssh._tcp": "sftp", "_tftp._udp": "tftp"}
	var got []string
	for _, one := range v.s.wish().Services {
		got = append(got, one.Type+" "+one.Path)
		d, _, _ := v.s.gate(doors[one.Type]).now()
		if d == nil || one.Port != int(d.Addrs()[0].Port()) || !slices.Equal(one.Interfaces, []string{"wlan0"}) {
			v.t.Errorf("%+v", one)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		v.t.Errorf("announced: %q, want %q", got, want)
	}
}

// TestNetworkIsTold: whoever watches sees where this computer is, as soon as that changes.
func TestNetworkIsTold(t *testing.T) {
	v := travel(t, t.TempDir())
	v.comesTo(home())
	told := stream(t, v.s, "network")
	until := func(is func(first api.LocalNetwork) bool) {
		t.Helper()
		for list := (api.LocalNetworkList{}); len(list.Networks) == 0 || !is(list.Networks[0]); {
			next(t, told, &list)
		}
	}
	v.comesTo(office())
	until(func(n api.LocalNetwork) bool { return n.Name == "Office" && !n.Approved })
	v.ask(200, "PATCH", "/-/api/networks/"+v.networks().Networks[0].ID, map[string]any{"approved": true}, nil)
	until(func(n api.LocalNetwork) bool { return n.Name == "Office" && n.Approved })
}
