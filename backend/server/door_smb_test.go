package server

import (
	"slices"
	"strings"
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

// TestSMBLines: Explorer is told an address only where it finds it, and what to do elsewhere.
func TestSMBLines(t *testing.T) {
	for port, want := range map[string][]string{
		"445":  {`\\nas.local\portico`, "smb://nas.local/portico", "smbclient //nas.local/portico -U NAME"},
		"4455": {"/tcpport:4455", "setcap", "smb://nas.local:4455/portico", "smbclient -p 4455 //nas.local/portico -U NAME"},
	} {
		var all strings.Builder
		for _, line := range smbLines(spot{host: "nas.local", port: port}) {
			all.WriteString(line.Text + "\n")
		}
		for _, text := range want {
			if !strings.Contains(all.String(), text) {
				t.Errorf("port %s: no %q in\n%s", port, text, all.String())
			}
		}
	}
}
