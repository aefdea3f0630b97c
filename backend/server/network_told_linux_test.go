package server

import (
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"portico/backend/api"
	"portico/backend/discovery"
	"portico/backend/discovery/roomtest"
)

// apart reports whether a test runs in a network namespace, heard by nobody; where not, it runs it again
// in one.
func apart(t *testing.T) bool {
	t.Helper()
	const inside = "PORTICO_TEST_HOME"
	if os.Getenv(inside) != "" {
		return true
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("ip"); err != nil || os.Geteuid() != 0 {
		t.Skip("a network namespace needs root and iproute2")
	}
	again := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v")
	again.Env = append(os.Environ(), inside+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if out, err := again.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return false
}

// TestAskers: whoever looks for this computer, by a program of somebody else, is shown with the time, and
// whoever watches is told.
func TestAskers(t *testing.T) {
	roomtest.Need(t, "gssdp-discover", "wsdd")
	if !apart(t) {
		return
	}
	roomtest.IP(t, "link set lo up")
	r := roomtest.New(t)
	v := travel(t, t.TempDir())
	table, err := discovery.Read()
	if err != nil {
		t.Fatal(err)
	}
	v.comesTo(table)
	v.shares()
	v.set("http.addr", ":0")
	v.shows("mdns ssdp wsd", "_http._tcp", "_portico._tcp", "_webdav._tcp")
	told, here, begun := stream(t, v.s, "network"), v.networks().Networks[0], time.Now().UnixMilli()
	if out := r.Run("gssdp-discover", "-i", here.Interface, "--timeout=1", "--rescan-interval=0"); !strings.Contains(out, "http://"+here.Address+":") {
		t.Errorf("nothing is found: %s", out)
	}
	r.Start("wsdd", "--discovery", "--no-host", "-4", "-i", here.Interface)
	r.In(func() {
		roomtest.IP(t, "route add 224.0.0.0/4 dev "+here.Interface)
		c, err := net.Dial("udp4", "224.0.0.251:5353")
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		_, _ = c.Write([]byte("\x00\x07\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05_http\x04_tcp\x05local\x00\x00\x0c\x00\x01"))
	})
	who := strings.TrimSuffix(here.Address, "1") + "2"
	for asked := 0; asked < 3; {
		var now api.LocalNetworkList
		next(t, told, &now)
		asked = 0
		for _, one := range now.Networks[0].Announcements {
			if len(one.Asked) == 1 && one.Asked[0].Address == who && one.Asked[0].When >= begun && one.Asked[0].When <= time.Now().UnixMilli() {
				asked++
			}
		}
	}
}

// TestTold: GET /-/api/networks shows what is announced, and no more what was withdrawn.
func TestTold(t *testing.T) {
	if !apart(t) {
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
