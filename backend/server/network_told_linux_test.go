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

// TestTold: GET /-/api/networks shows what is announced, and no more what was withdrawn. It runs
// again by itself in a network namespace, where it is at home and heard by nobody.
func TestTold(t *testing.T) {
	const inside = "PORTICO_TEST_HOME"
	if os.Getenv(inside) == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := exec.LookPath("ip"); err != nil || os.Geteuid() != 0 {
			t.Skip("a network namespace needs root and iproute2")
		}
		again := exec.CommandContext(t.Context(), self, "-test.run=^TestTold$", "-test.v")
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
	v.set("http.addr", ":0")
	v.set("ftp.addr", ":0")
	v.shows("mdns ssdp wsd", "_ftp._tcp", "_http._tcp", "_portico._tcp", "_webdav._tcp")
	for _, kinds := range []string{"ssdp", "wsd", "ssdp wsd", ""} {
		v.set("network.announce_kinds", strings.Fields(kinds))
		v.shows(kinds)
	}
	v.set("network.announce_kinds", []string{"mdns", "ssdp", "wsd"})
	v.shows("mdns ssdp wsd", "_ftp._tcp", "_http._tcp", "_portico._tcp", "_webdav._tcp")
	if err := v.s.SetDoor(t.Context(), "ftp", off); err != nil {
		t.Fatal(err)
	}
	v.shows("mdns ssdp wsd", "_http._tcp", "_portico._tcp", "_webdav._tcp")
	id := v.networks().Networks[0].ID
	v.ask(200, "PATCH", "/-/api/networks/"+id, map[string]any{"approved": false}, nil)
	v.shows("")
	v.ask(200, "PATCH", "/-/api/networks/"+id, map[string]any{"approved": true}, nil)
	v.shows("mdns ssdp wsd", "_http._tcp", "_portico._tcp", "_webdav._tcp")
	v.set("network.announce", false)
	v.shows("")
}

// shows waits until these kinds and services are shown at home, sorted, and nothing anywhere else.
func (v *traveller) shows(kinds string, want ...string) {
	v.t.Helper()
	var now api.LocalNetworkList
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		now = v.networks()
		var got, by []string
		for _, one := range now.Networks[0].Services {
			got = append(got, one.Type)
		}
		for _, one := range now.Networks[0].Announcements {
			by = append(by, one.Kind)
		}
		if slices.Sort(got); slices.Equal(got, want) && strings.Join(by, " ") == kinds && now.Networks[1].Announcements == nil {
			return
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("shown: %+v, want %q by %q", now, want, kinds)
		}
	}
}
