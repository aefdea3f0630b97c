package group

import (
	"net/netip"
	"testing"
	"time"
)

// TestPace: a flood with forged addresses is answered a few times a second, for each and in all.
func TestPace(t *testing.T) {
	var p Pace
	for second := range int64(3) {
		one, all := 0, 0
		for n := range 1000 {
			if p.Allow(netip.MustParseAddr("192.168.1.1"), time.Unix(second, 0)) {
				one++
			}
			if p.Allow(netip.AddrFrom4([4]byte{192, 168, byte(2 + n>>8), byte(n)}), time.Unix(second, 0)) {
				all++
			}
		}
		if one != answersEach || one+all != answersAll || len(p.by) > answersAll {
			t.Errorf("%d and %d, %d remembered", one, all, len(p.by))
		}
	}
}

// TestOne: only an address that is one computer on the network is answered.
func TestOne(t *testing.T) {
	for network, list := range map[string]map[string]bool{
		"192.168.1.0/24": {"192.168.1.1": true, "192.168.1.254": true, "192.168.1.0": false, "192.168.1.255": false, "192.168.2.1": false,
			"255.255.255.255": false, "0.0.0.0": false, "239.255.255.250": false, "127.0.0.1": false, "::1": false, "fe80::1": false},
		"10.0.0.0/31": {"10.0.0.0": true, "10.0.0.1": true, "10.0.0.2": false},
		"fd00::/64":   {"fd00::1": true, "fd00::": false, "fd01::1": false, "ff02::1": false, "10.0.0.1": false},
		"0.0.0.0/0":   {"255.255.255.255": false, "0.0.0.0": false, "224.0.0.1": false},
	} {
		for at, want := range list {
			if One(netip.MustParsePrefix(network), netip.MustParseAddr(at)) != want {
				t.Errorf("%s on %s: %v", at, network, !want)
			}
		}
	}
}

// TestVisitors: whoever keeps many connections keeps nobody else out.
func TestVisitors(t *testing.T) {
	var v visitors
	a, b := netip.MustParseAddr("192.168.1.1"), netip.MustParseAddr("192.168.1.2")
	for n := range 100 {
		if v.enter(a) != (n < readersEach) {
			t.Errorf("connection %d", n)
		}
	}
	if !v.enter(b) {
		t.Error("somebody else is kept out")
	}
	for range readersEach {
		v.leave(a)
	}
	if v.leave(b); v.all != 0 || len(v.by) != 0 || !v.enter(a) {
		t.Errorf("%d, %v", v.all, v.by)
	}
}
