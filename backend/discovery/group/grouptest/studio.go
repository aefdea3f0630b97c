// Package grouptest is what the tests of every group.Speech begin with: a computer, and a Voice that tells of
// it. It must not be used by anything but tests.
package grouptest

import (
	"log/slog"
	"net/netip"
	"testing"

	"portico/backend/discovery/group"
)

// Studio is a computer with a name that is hard to write, on the network lan0 of a roomtest.Room.
func Studio() group.Self {
	return group.Self{Name: `Büro & "Ada" <laptop>`, Host: "studio", ID: "7c9e6679-f3a1-42c4-8d5e-0123456789ab", Interface: "lan0",
		Addr: netip.MustParseAddr("192.168.50.1"), Web: "http://192.168.50.1:3923/"}
}

// Voice speaks until the test ends.
func Voice(t *testing.T, speech group.Speech) *group.Voice {
	v := group.New(speech, slog.New(slog.DiscardHandler), nil)
	t.Cleanup(v.Close)
	return v
}
