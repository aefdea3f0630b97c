package wsd

import (
	"os/exec"
	"strings"
	"testing"

	"portico/backend/discovery/group"
	"portico/backend/discovery/group/grouptest"
	"portico/backend/discovery/roomtest"
)

func TestMain(m *testing.M) { roomtest.Main(m) }

// TestFound: a foreign program finds this computer when it comes, reads what it is, and hears it go and
// come again, now as a device.
func TestFound(t *testing.T) {
	r := roomtest.New(t)
	roomtest.Need(t, "wsdd")
	v := grouptest.Voice(t, New())
	computer := grouptest.Studio()
	computer.Computer = true
	v.Wish([]group.Self{computer})
	r.Until("said", func() bool { return v.On("lan0") })
	// Somebody else tells of this computer as well, and is not in the way.
	other := exec.CommandContext(t.Context(), "wsdd", "-4", "-i", "lan0", "-n", "other", "-U", "7c9e6679-f3a1-42c4-8d5e-999999999999")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	lan := r.Start("wsdd", "--discovery", "--no-host", "-4", "-vv", "-i", "lan0")
	cafe := r.Start("wsdd", "--discovery", "--no-host", "-4", "-vv", "-i", "cafe0")
	lan.Until("discovered STUDIO in Workgroup:WORKGROUP on 192.168.50.1%lan0")
	lan.Until("discovered OTHER in Workgroup:WORKGROUP on 192.168.50.1%lan0")
	r.Until("who asked is known", func() bool { return len(v.Asked("lan0")) == 1 })
	if asked := v.Asked("lan0"); asked[0].Address.String() != "192.168.50.2" {
		t.Errorf("%v", asked)
	}
	v.Wish(nil)
	lan.Until(`"Bye urn:uuid:`)
	v.Wish([]group.Self{grouptest.Studio()})
	lan.Until("Hello from urn:uuid:" + grouptest.Studio().ID)
	if said := cafe.Said(); strings.Contains(said, grouptest.Studio().ID) {
		t.Errorf("a network that nobody approved: %s", said)
	}
}

// TestSix: who speaks IPv6 alone finds this computer and reads there what it is.
func TestSix(t *testing.T) {
	r := roomtest.New(t)
	roomtest.Need(t, "wsdd")
	roomtest.IP(t, "-6 addr flush dev lan0")
	roomtest.IP(t, "addr add fe80::1/64 dev lan0 nodad") // of use at once
	v := grouptest.Voice(t, New())
	computer := grouptest.Studio()
	computer.Computer = true
	v.Wish([]group.Self{computer})
	r.Until("said", func() bool { return v.On("lan0") })
	lan := r.Start("wsdd", "--discovery", "--no-host", "-6", "-vv", "-i", "lan0")
	lan.Until("discovered STUDIO in Workgroup:WORKGROUP on [fe80::1]%lan0")
	r.Until("who asked is known", func() bool {
		asked := v.Asked("lan0")
		return len(asked) == 1 && asked[0].Address.Is6()
	})
	v.Wish(nil)
	lan.Until(`"Bye urn:uuid:`)
}
