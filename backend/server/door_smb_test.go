package server

import (
	"slices"
	"testing"

	"portico/backend/config"
)

// TestSMBPort: the usual port is exchanged for one that anybody may have, another never.
func TestSMBPort(t *testing.T) {
	g := &gate{doorKind: smbKind()}
	for _, c := range []struct {
		settings, chosen string
		next             []int
	}{
		{off, ":445", []int{4455}},
		{":445", ":445", []int{4455}},
		{off, ":5555", nil},
		{off, ":4455", nil},
		{":5555", ":445", nil},
	} {
		var set config.Config
		set.SMB.Addr = c.settings
		if got := g.onward(c.chosen, &set); !slices.Equal(got, c.next) {
			t.Errorf("settings %s, chosen %s: %v", c.settings, c.chosen, got)
		}
	}
	set := config.Config{SMB: config.SMB{Addr: "127.0.0.1:5555"}}
	if got := smbNext(&set); got != nil {
		t.Errorf("from a port of the settings it moves on to %v", got)
	}
}
