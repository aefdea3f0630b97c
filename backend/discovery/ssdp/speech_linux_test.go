package ssdp

import (
	"strings"
	"testing"

	"portico/backend/discovery/group"
	"portico/backend/discovery/group/grouptest"
	"portico/backend/discovery/roomtest"
)

func TestMain(m *testing.M) { roomtest.Main(m) }

// TestFound: a foreign program finds the device by each of its names, reads its description, and hears
// it come and go; nobody on a network that was not approved does.
func TestFound(t *testing.T) {
	r := roomtest.New(t)
	roomtest.Need(t, "gssdp-discover", "curl")
	v := grouptest.Voice(t, Speech{})
	v.Wish([]group.Self{grouptest.Studio()})
	r.Until("said", func() bool { return v.On("lan0") })
	for _, target := range []string{"ssdp:all", root, "uuid:" + grouptest.Studio().ID, device} {
		out := r.Run("gssdp-discover", "-i", "lan0", "--timeout=1", "--rescan-interval=0", "-t", target)
		want := 1
		if target == "ssdp:all" {
			want = 3
		}
		if n := strings.Count(out, "resource available"); n != want || !strings.Contains(out, "Location: http://192.168.50.1:49152/device.xml") {
			t.Errorf("%s: %s", target, out)
		}
	}
	if out := r.Run("gssdp-discover", "-i", "cafe0", "--timeout=1", "--rescan-interval=0"); strings.Contains(out, "Location") {
		t.Errorf("a network that nobody approved: %s", out)
	}
	if asked := v.Asked("lan0"); len(asked) != 1 || asked[0].Address.String() != "192.168.50.2" {
		t.Errorf("%v", asked)
	}
	page := r.Run("curl", "-sS", "http://192.168.50.1:49152/device.xml")
	for _, part := range []string{"<friendlyName>Büro &amp; &#34;Ada&#34; &lt;laptop&gt;</friendlyName>", "<presentationURL>http://192.168.50.1:3923/</presentationURL>", "<UDN>uuid:" + grouptest.Studio().ID} {
		if !strings.Contains(page, part) {
			t.Errorf("%s is missing: %s", part, page)
		}
	}
	for _, path := range []string{"/", "/../etc/passwd", "/device.xml/x"} {
		if code := r.Run("curl", "-sS", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", "http://192.168.50.1:49152"+path); code != "404" {
			t.Errorf("%s: %s", path, code)
		}
	}
}

// TestComesAndGoes: who listens all the time hears both.
func TestComesAndGoes(t *testing.T) {
	r := roomtest.New(t)
	roomtest.Need(t, "gssdp-discover")
	listener := r.Start("stdbuf", "-oL", "gssdp-discover", "-i", "lan0", "--rescan-interval=0", "-m", "all", "-t", device)
	listener.Until("Scanning")
	v := grouptest.Voice(t, Speech{})
	v.Wish([]group.Self{grouptest.Studio()})
	listener.Until("resource available")
	v.Wish(nil)
	listener.Until("resource unavailable")
	r.Until("silence", func() bool { return !v.On("lan0") })
}
