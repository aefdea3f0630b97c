package machine

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/diagnose"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stub puts a program into a folder that writes down what it was given and then does what the text says.
func stub(t *testing.T, dir, name, does string) {
	t.Helper()
	text := "#!/bin/sh\n{ printf '%s' \"${0##*/}\"; for a in \"$@\"; do printf '|%s' \"$a\"; done; echo; } >> \"" + dir + "/calls\"\n" + does + "\n"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func calls(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

func says(text string) string { return "cat <<'END'\n" + text + "\nEND" }

// Walls asks real programs with fixed arguments, in the order of who writes the rules.
func TestWallsAsksPrograms(t *testing.T) {
	for _, c := range []struct {
		title, want, calls string
		stubs              map[string]string
	}{
		{"ufw", "ufw blocked", "ufw|status|verbose\n", map[string]string{"ufw": says("Status: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)"), "nft": says("{}")}},
		{"ufw is off, nftables drops", "ufw off, nftables blocked", "ufw|status|verbose\nnft|-j|list|ruleset\n", map[string]string{"ufw": says("Status: inactive"),
			"nft": says(`{"nftables":[{"chain":{"family":"inet","table":"f","name":"in","type":"filter","hook":"input","prio":0,"policy":"drop"}}]}`)}},
		{"firewalld of the interface's zone", "firewalld open", "firewall-cmd|--state\nfirewall-cmd|--get-zone-of-interface=wlan0\nfirewall-cmd|--zone=home|--list-all\n",
			map[string]string{"firewall-cmd": "case \"$1\" in --state) echo running;; --get-zone*) echo home;; *) printf 'home (active)\\n  target: default\\n  ports: 3923/tcp\\n';; esac"}},
		{"firewalld of the default zone", "firewalld blocked", "firewall-cmd|--state\nfirewall-cmd|--get-zone-of-interface=wlan0\nfirewall-cmd|--get-default-zone\nfirewall-cmd|--zone=public|--list-all\n",
			map[string]string{"firewall-cmd": "case \"$1\" in --state) echo running;; --get-zone*) echo no zone; exit 2;; --get-default*) echo public;; *) printf 'public\\n  target: default\\n';; esac"}},
		{"firewalld tells nothing", "firewalld unsure", "", map[string]string{"firewall-cmd": "case \"$1\" in --state) echo running;; --get-default*) echo public;; *) exit 1;; esac"}},
		{"firewalld does not run", "", "firewall-cmd|--state\n", map[string]string{"firewall-cmd": "echo not running; exit 252"}},
		{"nftables for administrators only", "nftables unsure", "nft|-j|list|ruleset\n", map[string]string{"nft": "echo 'Operation not permitted (you must be root)' >&2; exit 1"}},
		{"nothing", "", "", nil},
	} {
		dir := t.TempDir()
		for name, does := range c.stubs {
			stub(t, dir, name, does)
		}
		var got []string
		for _, w := range (Machine{Folders: []string{dir}}).Walls(t.Context(), way()) {
			got = append(got, w.Name+" "+stands(w))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.title, got, c.want)
		}
		if said := calls(t, dir); c.calls != "" && said != c.calls {
			t.Errorf("%s: asked\n%s", c.title, said)
		}
	}
}

// A program that hangs ends with the question.
func TestAskEnds(t *testing.T) {
	dir := t.TempDir()
	stub(t, dir, "ufw", "sleep 60")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if walls := (Machine{Folders: []string{dir}}).Walls(ctx, way()); len(walls) != 0 && !walls[0].Unsure {
		t.Errorf("%+v", walls)
	}
}

func TestMend(t *testing.T) {
	step := []diagnose.Step{{"ufw", "allow", "from", "192.168.1.0/24", "to", "any", "port", "3923", "proto", "tcp"}}
	for _, c := range []struct {
		title  string
		root   bool
		pkexec string // "": it is not there
		ufw    string
		steps  []diagnose.Step
		want   error
		calls  string
	}{
		{"through polkit", false, `shift 0; exec "$@"`, "exit 0", step, nil, "pkexec|DIR/ufw|allow|from|192.168.1.0/24|to|any|port|3923|proto|tcp\nufw|allow|from|192.168.1.0/24|to|any|port|3923|proto|tcp\n"},
		{"by itself", true, "exit 1", "exit 0", step, nil, "ufw|allow|from|192.168.1.0/24|to|any|port|3923|proto|tcp\n"},
		{"answered with no", false, "exit 126", "exit 0", step, diagnose.ErrDeclined, "pkexec|DIR/ufw|allow|from|192.168.1.0/24|to|any|port|3923|proto|tcp\n"},
		{"nobody to ask", false, "exit 127", "exit 0", step, diagnose.ErrNobody, ""},
		{"no polkit", false, "", "exit 0", step, diagnose.ErrNobody, ""},
		{"another program", true, "", "exit 0", []diagnose.Step{{"sh", "-c", "true"}}, diagnose.ErrByHand, ""},
		{"nothing", true, "", "exit 0", []diagnose.Step{{}}, diagnose.ErrByHand, ""},
		{"the first fails", true, "", "echo 'ERROR: problem running' >&2; exit 1", append(step, step...), errors.New("ufw: exit status 1: ERROR: problem running"), "ufw|allow|from|192.168.1.0/24|to|any|port|3923|proto|tcp\n"},
	} {
		dir := t.TempDir()
		stub(t, dir, "ufw", c.ufw)
		if c.pkexec != "" {
			stub(t, dir, "pkexec", c.pkexec)
		}
		m := Machine{Folders: []string{dir}, Root: c.root}
		err := m.Mend(t.Context(), c.steps)
		if (err == nil) != (c.want == nil) || err != nil && !errors.Is(err, c.want) && err.Error() != c.want.Error() {
			t.Errorf("%s: %v, want %v", c.title, err, c.want)
		}
		if said := strings.ReplaceAll(calls(t, dir), dir, "DIR"); c.calls != "" && said != c.calls {
			t.Errorf("%s: called\n%s", c.title, said)
		}
		if m.Mends() != (c.root || c.pkexec != "") {
			t.Errorf("%s: Mends %v", c.title, m.Mends())
		}
	}
	if err := (Machine{Folders: []string{t.TempDir()}, Root: true}).Mend(t.Context(), step); err == nil || !strings.Contains(err.Error(), "not installed") {
		t.Errorf("without ufw: %v", err)
	}
}

func TestOnline(t *testing.T) {
	for said, want := range map[string]diagnose.Online{"full": diagnose.OnlineFull, "portal": diagnose.OnlinePortal, "limited": diagnose.OnlineLimited, "none": diagnose.OnlineNone, "unknown": "", "odd": ""} {
		dir := t.TempDir()
		stub(t, dir, "nmcli", "echo "+said)
		if got := (Machine{Folders: []string{dir}}).Online(t.Context()); got != want {
			t.Errorf("%s: %q", said, got)
		}
		if calls(t, dir) != "nmcli|networking|connectivity\n" {
			t.Error(calls(t, dir))
		}
	}
	if got := (Machine{Folders: []string{t.TempDir()}}).Online(t.Context()); got != "" {
		t.Errorf("without it: %q", got)
	}
}

func TestConnectAndSource(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort(l.Addr().String())
	m := New()
	if err := m.Connect(t.Context(), at); err != nil {
		t.Error(err)
	}
	l.Close()
	if err := m.Connect(t.Context(), at); err == nil {
		t.Error("connected to nothing")
	}
	if from, err := m.Source(t.Context(), netip.MustParseAddr("127.0.0.1")); err != nil || !from.IsLoopback() {
		t.Error(from, err)
	}
	if _, err := m.Networks(t.Context()); err != nil {
		t.Error(err)
	}
	if c := m.Clock(t.Context()); c.Passed.After(time.Now()) {
		t.Errorf("%v has not passed", c.Passed)
	}
	if s := suiteOf("opensnitchd"); s != "OpenSnitch" || suiteOf("bash") != "" {
		t.Error(s)
	}
	for _, s := range m.Suites(t.Context()) {
		if s == "" {
			t.Error("a product without a name")
		}
	}
}
