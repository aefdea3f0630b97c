package discovery

import (
	"net/netip"
	"testing"
	"time"
)

// TestAskers: the latest eight of each network are kept, and a flood tells nobody more often than every
// few seconds.
func TestAskers(t *testing.T) {
	var a Askers
	now := time.Unix(1_700_000_000, 0)
	at := func(n byte) netip.Addr { return netip.AddrFrom4([4]byte{192, 168, 1, n}) }
	if !a.Heard("wlan0", at(1), now) {
		t.Error("somebody new is told")
	}
	for range 1000 {
		if a.Heard("wlan0", at(1), now.Add(time.Second)) {
			t.Fatal("the same again is told at once")
		}
	}
	if now = now.Add(time.Minute); !a.Heard("wlan0", netip.MustParseAddr("::ffff:192.168.1.1"), now) {
		t.Error("later it is told")
	}
	for n := range byte(200) {
		a.Heard("wlan0", at(n), now.Add(time.Duration(n)))
	}
	a.Heard("eth0", at(7), now)
	list := a.On("wlan0")
	if len(list) != askersMost || list[0] != (Asker{at(199), now.Add(199)}) || len(a.On("eth0")) != 1 {
		t.Errorf("%v", list)
	}
	for n := range 1000 {
		a.Heard("if"+time.Duration(n).String(), at(1), now)
	}
	if len(a.by) != placesMost {
		t.Errorf("%d networks", len(a.by))
	}
	a.Forget()
	if a.On("wlan0") != nil {
		t.Error("nothing is forgotten")
	}
}
