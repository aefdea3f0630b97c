package server

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/api"
	"portico/backend/event"
)

// TestSMBBreaks: the card of an open door says that Samba does not work any more, and Activity has one line of
// it; both know when it works again.
func TestSMBBreaks(t *testing.T) {
	real, err := exec.LookPath("smbd")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("samba is not installed")
		}
		t.Skip("samba is not installed")
	}
	bin := t.TempDir()
	broken := filepath.Join(bin, "broken")
	for _, dir := range []string{bin, filepath.Dir(bin)} { // smbd is run as somebody else
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(bin, "smbd"), fmt.Appendf(nil, "#!/bin/sh\n[ ! -e %s ] && exec %s \"$@\"\nexit 1\n", broken, real), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	s := start(t, t.TempDir(), func(o *Options) { o.Config.SMB.Addr = "127.0.0.1:0" })
	card := func() (smb api.Door) {
		for _, d := range s.Status(t.Context()).Doors {
			if d.Name == "smb" {
				smb = d
			}
		}
		return smb
	}
	if d := card(); !d.Open {
		if os.Getenv("CI") == "true" {
			t.Fatal(d.Problem)
		}
		t.Skip(d.Problem)
	}
	if err := os.WriteFile(broken, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the card says that Samba does not work", func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", card().Port))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = c.Write([]byte{0}) // it may be closed already
		_, _ = c.Read(make([]byte, 1))
		d := card()
		return d.Open && strings.Contains(d.Problem, "Samba does not work any more")
	})
	if err := os.Remove(broken); err != nil {
		t.Fatal(err)
	}
	eventually(t, "Activity says that it works again", func() bool {
		list, err := s.store.Activity(t.Context(), event.Query{Kinds: []event.Kind{event.Notice}, Oldest: true})
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, e := range list {
			if e.Door == "smb" {
				lines = append(lines, e.Text)
			}
		}
		return len(lines) == 2 && strings.Contains(lines[0], "does not work any more") && lines[1] == "SMB works again"
	})
	if d := card(); d.Problem != "" {
		t.Errorf("the card still says %q", d.Problem)
	}
}
