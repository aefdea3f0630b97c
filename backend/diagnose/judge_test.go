package diagnose

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/backend/discovery"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func wifi() discovery.Interface {
	return discovery.Interface{Name: "wlan0", Up: true, Wireless: true, Hardware: true, Gateway: true, SSID: "Home",
		Router: netip.MustParseAddr("192.168.1.1"), RouterMAC: "aa:bb:cc:dd:ee:ff", Addrs: []discovery.Addr{{Prefix: netip.MustParsePrefix("192.168.1.20/24")}}}
}

func vpn() discovery.Interface {
	return discovery.Interface{Name: "tun0", Up: true, Tunnel: true, Addrs: []discovery.Addr{{Prefix: netip.MustParsePrefix("10.8.0.2/24")}}}
}

// scene is a question and what the probes saw; everything is in order until a case changes it.
type scene struct {
	q Question
	f Facts
}

func quietScene() scene {
	s := scene{
		q: Question{Now: noon, Since: noon.Add(-30 * time.Second), URL: "http://192.168.1.20:3923",
			Door:  Door{Addrs: []netip.AddrPort{netip.MustParseAddrPort("[::]:3923")}},
			Share: Share{ID: "s1", Title: "Holiday", State: "open"}},
		f: Facts{Table: discovery.Table{wifi()}, Tried: true, Walls: []Wall{{Name: "ufw"}}, Online: OnlineFull,
			Out: netip.MustParseAddr("192.168.1.20"), Near: netip.MustParseAddr("192.168.1.20"), Clock: Clock{Kept: true, Known: true, Passed: noon.Add(-time.Hour)}},
	}
	s.place()
	return s
}

func (s *scene) place() {
	s.f.Target, s.f.Via, s.f.Router, s.f.Answers, s.f.Prefix = target(&s.q), discovery.Address{}, netip.Addr{}, false, netip.Prefix{}
	s.f.place(&s.q)
}

// One case for each row of the table of errors that the share dialog knows of.
func TestRows(t *testing.T) {
	allow := Wall{Name: "ufw", Active: true, Allow: "sudo ufw allow from 192.168.1.0/24 to any port 3923 proto tcp", Steps: []Step{{"ufw"}}}
	with := func(change func(*Wall)) Wall {
		w := allow
		change(&w)
		return w
	}
	for _, c := range []struct {
		row    string
		change func(*scene)
		codes  string // in order; "!" before those that are certainly in the way
		words  string // occur in the first finding
	}{
		{"port taken, moved on", func(s *scene) {
			s.q.Door.Refused = []Refusal{{Addr: ":8080", Holder: "Docker Desktop (process 812)"}}
		}, "NET-PORT-01 NET-WIFI-01", "Port 8080 is used by Docker Desktop (process 812). I am using 3923; the QR code is right."},
		{"port taken, closed", func(s *scene) {
			s.q.Door = Door{Refused: []Refusal{{Addr: "0.0.0.0:8080"}}, Problem: "x"}
		}, "!NET-PORT-01", "Port 8080 is used by another program. Nobody can come in"},
		{"port forbidden", func(s *scene) {
			s.q.Door.Refused = []Refusal{{Addr: ":80", Forbidden: true}}
		}, "NET-PORT-02 NET-WIFI-01", "Port 80 needs administrator rights. I am using 3923"},
		{"port forbidden, closed", func(s *scene) {
			s.q.Door = Door{Refused: []Refusal{{Addr: ":80", Forbidden: true}}}
		}, "!NET-PORT-02", "Port 80 needs administrator rights."},
		{"door off", func(s *scene) { s.q.Door = Door{Off: true} }, "!NET-DOOR-02", "The web door is off"},
		{"door broken", func(s *scene) { s.q.Door = Door{Problem: "no such address"} }, "!NET-DOOR-03", "no such address"},
		{"firewall", func(s *scene) { s.f.Walls = []Wall{allow} }, "!NET-FW-01", "(ufw) lets nobody in at port 3923"},
		{"two firewalls, one after the other", func(s *scene) {
			s.f.Walls = []Wall{allow, with(func(w *Wall) { w.Name = "firewalld" })}
		}, "!NET-FW-01", "(ufw) lets nobody in at port 3923"},
		{"firewall of Windows", func(s *scene) {
			s.f.Walls = []Wall{with(func(w *Wall) { w.Name, w.Allow, w.Steps = windowsFirewall, "netsh …", nil })}
		}, "!NET-FW-01", "The Windows firewall blocks phones."},
		{"firewall that lets it through", func(s *scene) {
			s.f.Walls = []Wall{with(func(w *Wall) { w.Open = true })}
		}, "NET-WIFI-01", "Nothing reaches me."},
		{"firewall whose rules cannot be seen", func(s *scene) {
			s.f.Walls = []Wall{with(func(w *Wall) { w.Unsure, w.Why = true, "only an administrator may see its rules" })}
		}, "NET-FW-02", "may keep phones out at port 3923: only an administrator may see its rules."},
		{"rules cannot be seen, and no command is known", func(s *scene) {
			s.f.Walls = []Wall{{Name: "nftables", Unsure: true, Why: "only an administrator may see its rules"}}
		}, "NET-WIFI-01", "What the firewall of this computer lets in cannot be seen from here."},
		{"Windows takes the network for a public one", func(s *scene) {
			s.f.Walls = []Wall{with(func(w *Wall) { w.Name, w.Public = windowsFirewall, true })}
		}, "!NET-FW-03", "Windows treats this network as public"},
		{"other security suite", func(s *scene) { s.f.Suites = []string{"Avast"} }, "NET-FW-04", "Avast also has a firewall."},
		{"other security suite, but the firewall explains it", func(s *scene) {
			s.f.Suites, s.f.Walls = []string{"Avast"}, []Wall{allow}
		}, "!NET-FW-01", "lets nobody in"},
		{"wrong network or isolation", func(*scene) {}, "NET-WIFI-01", "Guest Wi-Fi often keeps devices apart."},
		{"no router answers", func(s *scene) { s.f.Table[0].RouterMAC = ""; s.place() }, "NET-OFF-01", "The router does not answer"},
		{"a network that wants a sign-in", func(s *scene) { s.f.Online = OnlinePortal }, "NET-OFF-02", "sign in on a page first"},
		{"no internet", func(s *scene) { s.f.Online = OnlineNone }, "NET-OFF-03", "phones leave it"},
		{"VPN holds the default route", func(s *scene) {
			s.f.Table = append(s.f.Table, vpn())
			s.f.Out = netip.MustParseAddr("10.8.0.2")
			s.place()
		}, "NET-VPN-01", "Your VPN (tun0) may hide this computer from the Wi-Fi. The QR code shows the address of the Wi-Fi."},
		{"VPN takes the Wi-Fi itself", func(s *scene) {
			s.f.Table = append(s.f.Table, vpn())
			s.f.Out, s.f.Near = netip.MustParseAddr("10.8.0.2"), netip.MustParseAddr("10.8.0.2")
			s.place()
		}, "!NET-VPN-01", "Your VPN (tun0) hides this computer from the Wi-Fi."},
		{"a VPN that takes nothing", func(s *scene) { s.f.Table = append(s.f.Table, vpn()); s.place() }, "NET-WIFI-01", "Nothing reaches me."},
		{"the QR code shows the VPN", func(s *scene) {
			s.f.Table, s.q.URL = append(s.f.Table, vpn()), "http://10.8.0.2:3923"
			s.place()
		}, "!NET-VPN-01", "shows the address of a VPN (tun0)"},
		{"the QR code shows containers", func(s *scene) {
			s.f.Table = append(s.f.Table, discovery.Interface{Name: "docker0", Up: true, Bridge: true, Addrs: []discovery.Addr{{Prefix: netip.MustParsePrefix("172.17.0.1/16")}}})
			s.q.URL = "http://172.17.0.1:3923"
			s.place()
		}, "!NET-ADDR-04", "inside this computer"},
		{"network changed, never approved", func(s *scene) { s.q.Unapproved = "Café" }, "!NET-MOVED-02", "Links pause on the network “Café”"},
		{"somebody waits to be let in", func(s *scene) { s.q.Share.Waits = "Pixel 8" }, "!LINK-ASK-01", "Pixel 8 waits to be let into “Holiday”."},
		{"never approved, and nobody asks about a share", func(s *scene) { s.q.Unapproved, s.q.Share = "Café", Share{} }, "!NET-MOVED-02", "Links pause on the network “Café”"},
		{"never approved, and the share has expired", func(s *scene) { s.q.Unapproved, s.q.Share.State = "Café", "expired" }, "!LINK-OVER-01", "has expired"},
		{"network changed, the code is old", func(s *scene) { s.q.URL = "http://10.1.1.5:3923"; s.place() }, "!NET-ADDR-01", "10.1.1.5, which is no address of this computer any more"},
		{"on no network", func(s *scene) { s.f.Table, s.q.URL = nil, "http://127.0.0.1:3923"; s.place() }, "!NET-NONE-01", "This computer is on no network."},
		{"listens for this computer alone", func(s *scene) { s.q.URL = "http://127.0.0.1:3923"; s.place() }, "!NET-ADDR-03", "for this computer alone"},
		{"listens elsewhere", func(s *scene) { s.f.Self = errors.New("connection refused") }, "!NET-ADDR-02", "Nothing answers at 192.168.1.20:3923"},
		{"no router gave an address", func(s *scene) {
			s.f.Table = discovery.Table{{Name: "eth0", Up: true, Hardware: true, Addrs: []discovery.Addr{{Prefix: netip.MustParsePrefix("169.254.7.7/16")}}}}
			s.q.URL = "http://169.254.7.7:3923"
			s.place()
		}, "NET-ADDR-05", "No router gave this computer an address."},
		{"drive out", func(s *scene) { s.q.Share.Absent = "PHOTOS" }, "!VOL-GONE-01", "The drive “PHOTOS” is not connected. The share waits"},
		{"share paused", func(s *scene) { s.q.Share.State = "paused" }, "!LINK-PAUSE-01", "“Holiday” is paused."},
		{"share expired", func(s *scene) { s.q.Share.State = "expired" }, "!LINK-OVER-01", "has expired"},
		{"share used up", func(s *scene) { s.q.Share.State = "used up" }, "!LINK-OVER-02", "as often as it may be"},
		{"share gone", func(s *scene) { s.q.Share.State, s.q.Share.Why = "gone", "has lost its folder" }, "!LINK-GONE-01", "“Holiday” has lost its folder."},
		{"clock wrong", func(s *scene) { s.f.Clock.Passed = noon.Add(3*year + 40*24*time.Hour) }, "!TIME-CLOCK-01 NET-WIFI-01", "clock is 3 years off; secure links will fail."},
		{"clock wrong, as the log knows", func(s *scene) { s.q.Newest = noon.Add(50 * time.Hour) }, "TIME-CLOCK-01 NET-WIFI-01", "clock may be 2 days off"},
		{"reached, but no page opened (a browser that insists on encryption)", func(s *scene) {
			s.q.Knock = Sighting{At: noon.Add(-time.Second), Remote: "192.168.1.30"}
			s.f.Walls = []Wall{allow}
		}, "NET-PAGE-01", "192.168.1.30 reaches this computer, but has not opened the link."},
		{"reached, and asked for the password", func(s *scene) {
			s.q.Knock, s.q.Share.Password = Sighting{At: noon, Remote: "192.168.1.30"}, true
		}, "LINK-PASS-02", "has not given the password of “Holiday” yet."},
		{"it works", func(s *scene) {
			s.q.Visit = Sighting{At: noon.Add(-time.Second), Remote: "192.168.1.30", Name: "iPhone · Safari"}
			s.f.Walls = []Wall{allow}
		}, "", ""},
		{"somebody came, but long ago", func(s *scene) {
			s.q.Visit = Sighting{At: noon.Add(-time.Hour), Remote: "192.168.1.30", Name: "iPhone · Safari"}
		}, "NET-WIFI-01", "Nothing reaches me."},
		{"an address of the settings", func(s *scene) { s.q.URL, s.q.Fixed = "https://share.example.org", true; s.place() }, "", ""},
	} {
		t.Run(c.row, func(t *testing.T) {
			s := quietScene()
			c.change(&s)
			r := Judge(&s.q, &s.f)
			var codes []string
			for _, f := range r.Findings {
				mark := ""
				if f.Bad {
					mark = "!"
				}
				codes = append(codes, mark+f.Code)
				speaks(t, f)
			}
			if got := strings.Join(codes, " "); got != c.codes {
				t.Fatalf("%s, want %s\n%s", got, c.codes, strings.Join(r.Tested, "\n"))
			}
			if c.words != "" && !strings.Contains(r.Findings[0].Cause+" "+r.Findings[0].Did, c.words) {
				t.Errorf("%q does not say %q", r.Findings[0].Cause+" "+r.Findings[0].Did, c.words)
			}
			if len(r.Tested) == 0 {
				t.Error("nothing was tested")
			}
		})
	}
}

// speaks checks the form of every message: cause, what was done, what to do, in sentences, and never
// "check your firewall".
func speaks(t *testing.T, f Finding) {
	t.Helper()
	for _, text := range []string{f.Cause, f.Did, f.Next} {
		if text == "" || !strings.HasSuffix(text, ".") || strings.Contains(text, "..") || strings.Contains(strings.ToLower(text), "check your firewall") {
			t.Errorf("%s says %q", f.Code, text)
		}
	}
	if f.Fix != nil && (f.Fix.Title == "" || f.Fix.Command == "") {
		t.Errorf("%s: %+v", f.Code, f.Fix)
	}
}

func TestSeen(t *testing.T) {
	s := quietScene()
	if Judge(&s.q, &s.f).Seen != nil {
		t.Error("somebody was seen")
	}
	s.q.Knock = Sighting{At: noon, Remote: "192.168.1.30"}
	if seen := Judge(&s.q, &s.f).Seen; seen == nil || seen.Remote != "192.168.1.30" || seen.Name != "" {
		t.Errorf("%+v", seen)
	}
	s.q.Visit = Sighting{At: noon.Add(-time.Second), Remote: "192.168.1.30", Name: "Pixel 8"}
	if seen := Judge(&s.q, &s.f).Seen; seen == nil || seen.Name != "Pixel 8" {
		t.Errorf("the same device lost its name: %+v", seen)
	}
}

func TestTarget(t *testing.T) {
	for text, want := range map[string]string{"http://192.168.1.20:3923": "192.168.1.20:3923", "https://192.168.1.20/": "192.168.1.20:443", "http://[fd00::1]:80": "[fd00::1]:80",
		"http://laptop.local:80": "invalid AddrPort", "": "invalid AddrPort", "http://1.2.3.4:99999": "invalid AddrPort"} {
		q := Question{URL: text}
		if got := target(&q).String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add("http://192.168.1.20:3923", "Holiday", uint16(3923), true, int64(5), "ufw")
	f.Add("https://[fe80::1%25eth0]", "", uint16(0), false, int64(-5), "")
	f.Fuzz(func(t *testing.T, link, title string, port uint16, fixed bool, ago int64, wall string) {
		s := quietScene()
		s.q.URL, s.q.Share.Title, s.q.Fixed = link, title, fixed
		s.q.Door.Addrs = []netip.AddrPort{netip.AddrPortFrom(netip.IPv4Unspecified(), port)}
		s.q.Knock = Sighting{At: noon.Add(time.Duration(ago)), Remote: title}
		s.f.Walls = []Wall{{Name: wall, Active: true, Unsure: fixed, Allow: link}}
		s.place()
		r := Judge(&s.q, &s.f)
		if !slices.IsSortedFunc(r.Findings, func(a, b Finding) int { return order(a.Bad) - order(b.Bad) }) {
			t.Fatal("what is certain does not come first")
		}
		if len(once(r.Findings, func(f Finding) string { return f.Code })) != len(r.Findings) {
			t.Fatal("a code stands twice")
		}
	})
}

// TestApproveByHand: the line that approves a network can be pasted into a shell, whatever it is called.
func TestApproveByHand(t *testing.T) {
	for name, want := range map[string]string{"Home": "Home", "eth0.5": "eth0.5", "Café au lait": "'Café au lait'", "it's; rm -rf /": `'it'\''s; rm -rf /'`} {
		s := quietScene()
		s.q.Unapproved = name
		f := Judge(&s.q, &s.f).Findings[0]
		if f.Fix == nil || !f.Fix.Ours || f.Fix.Command != "portico network approve "+want {
			t.Errorf("%s: %+v", name, f.Fix)
		}
	}
}
