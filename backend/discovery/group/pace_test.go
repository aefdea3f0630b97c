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

// TestVisitors: where one is too many, the oldest of the same address goes, or of all.
func TestVisitors(t *testing.T) {
	var v visitors
	at := func(n byte) *visitor { return &visitor{from: netip.AddrFrom4([4]byte{192, 168, 1, n}), of: &v} }
	var first []*visitor
	for range readersEach {
		first = append(first, at(1))
		if v.enter(first[len(first)-1]) != nil {
			t.Error("there was room")
		}
	}
	if v.enter(at(1)) != first[0] {
		t.Error("not the oldest")
	}
	for n := range byte(readersMost - readersEach) {
		if v.enter(at(2+n)) != nil {
			t.Error("there was room")
		}
	}
	if v.enter(at(100)) != first[1] || len(v.here) != readersMost {
		t.Errorf("%d are here", len(v.here))
	}
}
