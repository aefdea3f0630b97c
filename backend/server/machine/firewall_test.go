package machine

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"portico/backend/diagnose"
)

func way() diagnose.Way {
	return diagnose.Way{Port: 3923, Addr: netip.MustParseAddr("192.168.1.20"), From: netip.MustParsePrefix("192.168.1.0/24"), Interface: "wlan0"}
}

// spoken is what a program said, and what that means.
type spoken struct{ program, title, want, said string }

func corpus(t testing.TB) (out []spoken) {
	text, err := os.ReadFile("testdata/walls.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "# "):
		case strings.HasPrefix(line, "= "):
			f := strings.Split(strings.TrimSpace(line[2:]), " | ")
			if len(f) != 3 {
				t.Fatalf("%q", line)
			}
			out = append(out, spoken{program: f[0], title: f[1], want: f[2]})
		default:
			out[len(out)-1].said += line
		}
	}
	return out
}

func read(program, said string, w diagnose.Way) (diagnose.Wall, bool) {
	switch program {
	case "ufw":
		return ufw(said, w), true
	case "firewalld":
		return firewalld("home", said, w), true
	}
	return nftables(said, w)
}

func stands(w diagnose.Wall) string {
	switch {
	case w.Unsure:
		return "unsure"
	case !w.Active:
		return "off"
	case w.Open:
		return "open"
	}
	return "blocked"
}

func TestWalls(t *testing.T) {
	for _, c := range corpus(t) {
		w, ok := read(c.program, c.said, way())
		if got := stands(w); !ok || got != c.want {
			t.Errorf("%s, %s: %s, want %s: %+v", c.program, c.title, got, c.want, w)
		}
		if got := stands(w); got == "blocked" && w.Allow == "" {
			t.Errorf("%s, %s: no command", c.program, c.title)
		}
	}
}

// What is opened is opened for one network only.
func TestNarrowRules(t *testing.T) {
	six := way()
	six.From, six.Addr = netip.MustParsePrefix("fd00:1::/64"), netip.MustParseAddr("fd00:1::20")
	for _, c := range []struct {
		wall  diagnose.Wall
		allow string
		steps []diagnose.Step
	}{
		{ufw("Status: active", way()), "sudo ufw allow from 192.168.1.0/24 to any port 3923 proto tcp",
			[]diagnose.Step{{"ufw", "allow", "from", "192.168.1.0/24", "to", "any", "port", "3923", "proto", "tcp"}}},
		{ufw("Status: active", six), "sudo ufw allow from fd00:1::/64 to any port 3923 proto tcp",
			[]diagnose.Step{{"ufw", "allow", "from", "fd00:1::/64", "to", "any", "port", "3923", "proto", "tcp"}}},
		{firewalld("home", "", way()),
			`sudo firewall-cmd --zone=home '--add-rich-rule=rule family="ipv4" source address="192.168.1.0/24" port port="3923" protocol="tcp" accept' && ` +
				`sudo firewall-cmd --permanent --zone=home '--add-rich-rule=rule family="ipv4" source address="192.168.1.0/24" port port="3923" protocol="tcp" accept'`,
			[]diagnose.Step{
				{"firewall-cmd", "--zone=home", `--add-rich-rule=rule family="ipv4" source address="192.168.1.0/24" port port="3923" protocol="tcp" accept`},
				{"firewall-cmd", "--permanent", "--zone=home", `--add-rich-rule=rule family="ipv4" source address="192.168.1.0/24" port port="3923" protocol="tcp" accept`}}},
		{ufw("Status: active", diagnose.Way{Port: 3923}), "sudo ufw allow 3923/tcp", nil},
		{firewalld("public", "", diagnose.Way{Port: 3923}), "sudo firewall-cmd --zone=public --add-port=3923/tcp", nil},
	} {
		if c.wall.Allow != c.allow || !slices.EqualFunc(c.wall.Steps, c.steps, func(a, b diagnose.Step) bool { return slices.Equal(a, b) }) {
			t.Errorf("%s\n%q", c.wall.Allow, c.wall.Steps)
		}
	}
	w, _ := nftables(corpus(t)[slices.IndexFunc(corpus(t), func(c spoken) bool { return c.title == "another network only" })].said, way())
	if w.Allow != "sudo nft insert rule ip fw in ip saddr 192.168.1.0/24 tcp dport 3923 accept" || w.Steps != nil {
		t.Errorf("%+v", w)
	}
}

func TestPolicyStore(t *testing.T) {
	const program = `C:\Program Files\Portico\portico.exe`
	expand := func(name string) string {
		return map[string]string{"${ProgramFiles}": `C:\Program Files`, "${SystemRoot}": `C:\Windows`}[name]
	}
	own := `v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Private|App=%ProgramFiles%\Portico\portico.exe|Name=Portico|`
	for _, c := range []struct {
		title, profile string
		rules          []string
		open           bool
	}{
		{"nothing", "Private", nil, false},
		{"answered with yes", "Private", []string{own}, true},
		{"for home, but the network is public", "Public", []string{own}, false},
		{"answered with no", "Private", []string{own, strings.Replace(own, "Allow", "Block", 1)}, false},
		{"switched off", "Private", []string{strings.Replace(own, "TRUE", "FALSE", 1)}, false},
		{"outwards", "Private", []string{strings.Replace(own, "Dir=In", "Dir=Out", 1)}, false},
		{"UDP", "Private", []string{strings.Replace(own, "Protocol=6", "Protocol=17", 1)}, false},
		{"another program", "Private", []string{strings.Replace(own, "portico.exe", "other.exe", 1)}, false},
		{"by port", "Public", []string{`v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|LPort=3923|Name=Web|`}, true},
		{"by a range of ports", "Public", []string{`v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort2_10=3900-4000|Name=Web|`}, true},
		{"a rule of the system for something else", "Private", []string{`v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=RPC|App=%SystemRoot%\system32\svchost.exe|Svc=eventlog|Name=@FirewallAPI.dll,-29257|`}, false},
		{"without a program and a port", "Private", []string{`v2.31|Action=Allow|Active=TRUE|Dir=In|Name=Odd|`}, false},
	} {
		var rules []policyRule
		for _, r := range c.rules {
			rules = append(rules, readPolicyRule(r, expand))
		}
		if got := admits(rules, program, c.profile, 3923); got != c.open {
			t.Errorf("%s: %v: %+v", c.title, got, rules)
		}
	}
	earlier := sortable([]byte{0xe9, 0x07, 3, 0, 6, 0, 15, 0, 9, 0, 0, 0, 0, 0, 0, 0}) // 2025-03-15
	later := sortable([]byte{0xea, 0x07, 1, 0, 0, 0, 2, 0, 9, 0, 0, 0, 0, 0, 0, 0})    // 2026-01-02
	if slices.Compare(earlier, later) >= 0 {
		t.Error("times do not compare")
	}
	if foreign("Windows Defender") || foreign("Microsoft Defender Antivirus") || !foreign("Avast Antivirus") {
		t.Error("products")
	}
	if got := windowsAllow(program); !strings.Contains(got, "profile=private") || !strings.Contains(got, "remoteip=localsubnet") {
		t.Error(got)
	}
}

func FuzzWalls(f *testing.F) {
	for _, c := range corpus(f) {
		f.Add(c.said, "192.168.1.0/24", uint16(3923))
	}
	f.Add(`{"nftables":[{"rule":{"expr":[{"vmap":{"data":{"set":[[null,{"jump":{}}]]}}}]}}]}`, "fd00::/64", uint16(0))
	f.Add("To  ALLOW\n(  ALLOW IN  )\n", "", uint16(1))
	f.Fuzz(func(t *testing.T, said, from string, port uint16) {
		w := diagnose.Way{Port: port, Interface: "wlan0"}
		w.From, _ = prefix(from)
		for _, program := range []string{"ufw", "firewalld", "nft"} {
			wall, _ := read(program, said, w)
			for _, s := range wall.Steps {
				if slices.Contains(s, "") || !slices.Contains([]string{"ufw", "firewall-cmd"}, s[0]) {
					t.Fatalf("%q", s)
				}
			}
		}
		readPolicyRule(said, func(s string) string { return s })
		zoneOf(said)
		connectivity(said)
	})
}
