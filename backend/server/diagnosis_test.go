package server

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"portico/backend/account"
	"portico/backend/api"
	"portico/backend/diagnose"
	"portico/backend/discovery"
	"portico/backend/problem"
	"portico/backend/server/machine"
	"portico/backend/share"
)

// elsewhere is a computer on a home network with the programs of a folder; everything else is real.
type elsewhere struct{ machine.Machine }

func (elsewhere) Networks(context.Context) (discovery.Table, error) {
	return discovery.Table{{Name: "wlan0", Up: true, Wireless: true, Hardware: true, Gateway: true, Router: netip.MustParseAddr("192.168.7.1"), RouterMAC: "aa:bb:cc:dd:ee:ff",
		Addrs: []discovery.Addr{{Prefix: netip.MustParsePrefix("192.168.7.20/24")}}}}, nil
}

func (elsewhere) Source(context.Context, netip.Addr) (netip.Addr, error) {
	return netip.MustParseAddr("192.168.7.20"), nil
}
func (elsewhere) Connect(context.Context, netip.AddrPort) error { return nil }
func (elsewhere) Suites(context.Context) []string               { return nil }
func (elsewhere) Clock(context.Context) diagnose.Clock          { return diagnose.Clock{} }

// program puts a shell script into a folder; every call is written to the file "calls" there.
func program(t *testing.T, dir, name, does string) {
	t.Helper()
	text := "#!/bin/sh\ncd '" + dir + "'\n{ printf '%s' \"${0##*/}\"; for a in \"$@\"; do printf '|%s' \"$a\"; done; echo; } >> calls\n" + does + "\n"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestDiagnosisOverTheDesk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the programs are those of Linux")
	}
	s, ask := deskOf(t, t.TempDir())
	s.see.Lock()
	s.cfg.HTTP.PublicURL = "http://192.168.7.20:3923"
	s.see.Unlock()
	dir := t.TempDir()
	program(t, dir, "ufw", `[ "$1" = status ] || { : > opened; exit; }
echo 'Status: active'
echo 'Default: deny (incoming), allow (outgoing), disabled (routed)'
[ -e opened ] && echo '3923/tcp                   ALLOW IN    192.168.7.0/24'
exit 0`)
	program(t, dir, "pkexec", "exit 126")
	s.examiner = diagnose.New(elsewhere{machine.Machine{Folders: []string{dir}}}, s.now)
	one := shared(t, ask)
	look := func() (r api.DiagnosisReport) {
		t.Helper()
		ask(200, "GET", "/-/api/diagnosis?share="+one.ID, nil, &r)
		return r
	}
	r := look()
	if len(r.Findings) != 1 || r.Findings[0].Code != "NET-FW-01" || !r.Findings[0].Bad || r.Findings[0].Fix == nil || !r.Findings[0].Fix.Can ||
		r.Findings[0].Fix.Command != "sudo ufw allow from 192.168.7.0/24 to any port 3923 proto tcp" || len(r.Tested) < 4 || r.Seen != nil {
		t.Fatalf("%+v", r)
	}
	const fix = "/-/api/diagnosis/NET-FW-01/fix?share="
	var p problem.Problem
	if ask(409, "POST", fix+one.ID, nil, &p); p.Code != "NET-FIX-04" {
		t.Errorf("answered with no: %+v", p)
	}
	program(t, dir, "pkexec", `exec "$@"`)
	var done api.FixAnswer
	if ask(200, "POST", fix+one.ID, nil, &done); !done.Done || done.Finding != nil {
		t.Errorf("%+v", done)
	}
	called, err := os.ReadFile(filepath.Join(dir, "calls"))
	if want := "pkexec|" + dir + "/ufw|allow|from|192.168.7.0/24|to|any|port|3923|proto|tcp\nufw|allow|from|192.168.7.0/24|to|any|port|3923|proto|tcp\nufw|status|verbose\n"; err != nil || !strings.HasSuffix(string(called), want) {
		t.Errorf("%v, called\n%s", err, called)
	}
	if r := look(); len(r.Findings) != 1 || r.Findings[0].Code != "NET-WIFI-01" {
		t.Errorf("the firewall is open, and still nobody comes: %+v", r.Findings)
	}
	if ask(404, "POST", fix+one.ID, nil, &p); p.Code != "NET-FIX-01" {
		t.Errorf("again: %+v", p)
	}
	if ask(409, "POST", strings.Replace(fix, "FW", "WIFI", 1)+one.ID, nil, &p); p.Code != "NET-FIX-03" {
		t.Errorf("what nobody can mend: %+v", p)
	}
	ask(404, "GET", "/-/api/diagnosis?share=nothing", nil, nil)

	ask(200, "PATCH", "/-/api/shares/"+one.ID, map[string]any{"paused": true}, nil)
	if r := look(); len(r.Findings) == 0 || r.Findings[0].Code != "LINK-PAUSE-01" {
		t.Errorf("paused: %+v", r.Findings)
	}
	ask(200, "PATCH", "/-/api/shares/"+one.ID, map[string]any{"paused": false}, nil)
	s.arrivals.knock("http")(netip.MustParseAddr("192.168.7.30"))
	if r := look(); len(r.Findings) != 1 || r.Findings[0].Code != "NET-PAGE-01" || r.Seen == nil || r.Seen.Remote != "192.168.7.30" {
		t.Errorf("a knock: %+v", r)
	}
	if _, _, err := s.shares.Open(t.Context(), one.Key, share.Visitor{Remote: netip.MustParseAddr("192.168.7.30"), Client: iphone, Browser: true}); err != nil {
		t.Fatal(err)
	}
	if r := look(); len(r.Findings) != 0 || r.Seen == nil || r.Seen.Name != "iPhone · Safari" {
		t.Errorf("a visit: %+v", r)
	}
	ask(200, "PATCH", "/-/api/doors/http", map[string]any{"open": false}, nil)
	if r := look(); len(r.Findings) != 1 || r.Findings[0].Code != "NET-DOOR-02" {
		t.Errorf("the door is off: %+v", r.Findings)
	}
}

// A port that is taken is told of with its holder, whether the door moved on or could not open.
func TestDiagnosisOfPorts(t *testing.T) {
	s, _ := deskOf(t, t.TempDir())
	control, _ := s.Control()
	taken := strings.TrimPrefix(control, "http://")
	if err := s.SetDoor(t.Context(), "http", taken); err == nil {
		t.Fatal("opened a port that is taken")
	}
	q, err := s.question(t.Context(), "", s.now())
	if err != nil || len(q.Door.Addrs) == 0 || q.Door.Problem == "" {
		t.Errorf("%v %+v", err, q.Door)
	}
	moved := start(t, t.TempDir(), func(o *Options) {
		o.Config.HTTP.Addr, o.Config.HTTP.FallbackPorts = taken, []int{0}
	})
	if q, err := moved.question(t.Context(), "", s.now()); err != nil || len(q.Door.Refused) != 1 || q.Door.Refused[0].Addr != taken || len(q.Door.Addrs) == 0 {
		t.Errorf("%v %+v", err, q.Door)
	}
}

// Who does not sit at this computer may look, but not change its firewall.
func TestFixFromElsewhere(t *testing.T) {
	s, _ := deskOf(t, t.TempDir())
	if _, err := s.accounts.Create(t.Context(), account.NewAccount{Name: "root", Password: "a long password", Role: account.RoleAdmin}); err != nil {
		t.Fatal(err)
	}
	send := func(method, path string, signed bool) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.Addresses()[0]+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if signed {
			r.SetBasicAuth("root", "a long password")
		}
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var p problem.Problem
		if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, p.Code
	}
	for _, c := range []struct {
		method, path string
		signed       bool
		status       int
		code         string
	}{
		{"GET", "/-/api/diagnosis", false, 401, "ACC-SIGN-01"},
		{"GET", "/-/api/people", false, 401, "ACC-SIGN-01"},
		{"GET", "/-/api/diagnosis", true, 200, ""},
		{"GET", "/-/api/people", true, 200, ""},
		{"POST", "/-/api/diagnosis/NET-FW-01/fix", true, 403, "NET-FIX-02"},
		{"POST", "/-/api/diagnosis/NET-FW-01/fix", false, 401, "ACC-SIGN-01"},
		{"DELETE", "/-/api/people/0123456789abcdef", false, 401, "ACC-SIGN-01"},
	} {
		if status, code := send(c.method, c.path, c.signed); status != c.status || c.code != "" && code != c.code {
			t.Errorf("%s %s, signed in %v: %d %s", c.method, c.path, c.signed, status, code)
		}
	}
}
