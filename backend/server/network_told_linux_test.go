package server

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"portico/backend/api"
)

// TestToldServices: GET /-/api/networks shows what is announced, and no more what was withdrawn. It runs
// again by itself in a network namespace, where it is at home and heard by nobody.
func TestToldServices(t *testing.T) {
	const inside = "PORTICO_TEST_HOME"
	if os.Getenv(inside) == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := exec.LookPath("ip"); err != nil || os.Geteuid() != 0 {
			t.Skip("a network namespace needs root and iproute2")
		}
		again := exec.CommandContext(t.Context(), self, "-test.run=^TestToldServices$", "-test.v")
		again.Env = append(os.Environ(), inside+"=1")
		again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
		if out, err := again.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	for _, line := range []string{"link set lo up", "link add wlan0 type veth peer name other0", "addr add 192.168.1.20/24 dev wlan0", "link set other0 up", "link set wlan0 up"} {
		if out, err := exec.CommandContext(t.Context(), "ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", line, err, out)
		}
	}
	v := travel(t, t.TempDir())
	v.comesTo(home())
	v.shares()
	v.set("network.announce_kinds", []string{"mdns"})
	v.set("http.addr", ":0")
	v.set("ftp.addr", ":0")
	v.showsServices("_ftp._tcp", "_http._tcp", "_portico._tcp", "_webdav._tcp")
	v.set("network.announce_kinds", []string{})
	v.showsServices()
	v.set("network.announce_kinds", []string{"mdns"})
	v.showsServices("_ftp._tcp", "_http._tcp", "_portico._tcp", "_webdav._tcp")
	if err := v.s.SetDoor(t.Context(), "ftp", off); err != nil {
		t.Fatal(err)
	}
	v.showsServices("_http._tcp", "_portico._tcp", "_webdav._tcp")
	v.ask(200, "PATCH", "/-/api/networks/"+v.networks().Networks[0].ID, map[string]any{"approved": false}, nil)
	v.showsServices()
}

// showsServices waits until these are shown at home, sorted, and nothing anywhere else.
func (v *traveller) showsServices(want ...string) {
	v.t.Helper()
	var now api.LocalNetworkList
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		now = v.networks()
		var got []string
		for _, one := range now.Networks[0].Services {
			got = append(got, one.Type)
		}
		var kinds []string
		for _, one := range now.Networks[0].Announcements {
			kinds = append(kinds, one.Kind)
		}
		if slices.Sort(got); slices.Equal(got, want) && (slices.Equal(kinds, now.Kinds) || len(want) == 0 && kinds == nil) && now.Networks[1].Services == nil {
			return
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("shown: %+v, want %q", now, want)
		}
	}
}
