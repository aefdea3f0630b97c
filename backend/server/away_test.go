package server

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"

	"portico/backend/config"
	"portico/backend/event"
)

// turnedAwayLines are the lines of Activity about whoever was turned away.
func turnedAwayLines(t *testing.T, s *Server) (lines []string) {
	t.Helper()
	list, err := s.store.Activity(t.Context(), event.Query{Kinds: []event.Kind{event.Refused}, Oldest: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		lines = append(lines, event.Sentence(e))
	}
	return lines
}

func wantLine(t *testing.T, s *Server, words string) {
	t.Helper()
	eventually(t, "a line with “"+words+"”", func() bool { return strings.Contains(strings.Join(turnedAwayLines(t, s), "\n"), words) })
}

// TestOldDevice: Activity says why an old device does not get in and where to allow it; once it is
// allowed, nothing has to be started again, and the door's card says what is open.
func TestOldDevice(t *testing.T) {
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.Volumes = []config.Volume{volume("/", folderWith(t, "x.txt"), "r")}
		o.Config.FTPS.Addr = "127.0.0.1:0"
	})
	door := func() (at, warn string) {
		for _, d := range s.Status(t.Context()).Doors {
			if d.Name == "ftps" {
				return fmt.Sprintf("127.0.0.1:%d", d.Port), d.Warn
			}
		}
		return "", ""
	}
	try := func() (greeting string, err error) {
		at, _ := door()
		c, err := tls.Dial("tcp", at, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}})
		if err != nil {
			return "", err
		}
		defer c.Close()
		line := make([]byte, 4)
		_, err = io.ReadFull(c, line)
		return string(line), err
	}
	if got, err := try(); err == nil {
		t.Errorf("TLS 1.0 is spoken: %q", got)
	}
	wantLine(t, s, "An old device at 127.0.0.1 was turned away at FTPS: it only speaks TLS 1.0. If it is yours, allow it by its address: Settings, FTP, old_tls")
	before, warn := door()
	if warn != "" {
		t.Errorf("warned of %q", warn)
	}
	reloadWith(t, s, func(c *config.Config) { c.FTP.OldTLS = map[string]string{"127.0.0.1": "microscope"} })
	if got, err := try(); got != "220 " || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	now, warn := door()
	if now != before || warn != "Old TLS, which can be broken on the way, is taken from microscope at 127.0.0.1." {
		t.Errorf("at %s, then at %s: %q", before, now, warn)
	}
	reloadWith(t, s, func(c *config.Config) { c.FTP.OldTLS = nil })
	if got, err := try(); err == nil {
		t.Errorf("TLS 1.0 is still spoken: %q", got)
	}
}

// TestFloodIsOneLine: hundreds of connections that speak nonsense make one line, and nobody whom one
// would be asked to let in.
func TestFloodIsOneLine(t *testing.T) {
	s := start(t, t.TempDir(), func(o *Options) { o.Config.FTP.Addr = "127.0.0.1:0" })
	at := ""
	for _, d := range s.Status(t.Context()).Doors {
		if d.Name == "ftp" {
			at = fmt.Sprintf("127.0.0.1:%d", d.Port)
		}
	}
	for range 300 {
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\n\r\n") // it may be cut in the middle
		_, _ = io.Copy(io.Discard, c)
		c.Close()
	}
	wantLine(t, s, "Somebody at 127.0.0.1 was turned away at FTP: what came from there is not FTP")
	s.away.Flush() // the minute is over
	if lines := turnedAwayLines(t, s); len(lines) != 2 || !strings.Contains(lines[1], " 299 times at FTP: ") {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
	list, err := s.store.Activity(t.Context(), event.Query{Kinds: []event.Kind{event.Refused}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if tells(&e) {
			t.Errorf("somebody to be known: %+v", e)
		}
	}
}

// TestClimbing: who climbs out of the tree step by step, as curl does over FTP, is one line of Activity; who
// only went up too often, or has mistyped, is none.
func TestClimbing(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.Volumes = []config.Volume{volume("/a", folderWith(t, "x.txt"), "r")}
		o.Config.FTP.Addr = "127.0.0.1:0"
	})
	base := ""
	for _, d := range s.Status(t.Context()).Doors {
		if d.Name == "ftp" {
			base = strings.TrimSuffix(d.Address, "/")
		}
	}
	fetch := func(path string) error {
		return exec.Command("curl", "-s", "--max-time", "20", "--path-as-is", "--disable-epsv", base+path).Run()
	}
	for path, there := range map[string]bool{
		"/../a/x.txt": true, "/../../../a/x.txt": true, "/../../": true, "/a/../a/x.txt": true,
		"/../typo.txt": false, "/a/../typo.txt": false, "/a/../a/typo.txt": false,
	} {
		if err := fetch(path); (err == nil) != there {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"/../../etc/passwd", "/../../../../etc/passwd", "/../../passwd"} {
		if err := fetch(path); err == nil {
			t.Errorf("%s is there", path)
		}
	}
	const words = "it asked for names that lead out of what is shared"
	wantLine(t, s, words)
	if lines := strings.Join(turnedAwayLines(t, s), "\n"); strings.Count(lines, words) != 1 {
		t.Errorf("more than one line: %s", lines)
	}
	s.away.Flush()
	list, err := s.store.Activity(t.Context(), event.Query{Kinds: []event.Kind{event.Refused}})
	if err != nil {
		t.Fatal(err)
	}
	times := int64(0)
	for _, e := range list {
		times += max(1, e.Count)
	}
	if times != 3 {
		t.Errorf("%d times told of, want 3", times)
	}
}
