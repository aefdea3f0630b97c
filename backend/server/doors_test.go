package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/event"
)

// TestSpot: lines for clients hold the real address.
func TestSpot(t *testing.T) {
	for address, want := range map[string]spot{
		"ftp://192.168.1.20:2121/":   {"ftp://192.168.1.20:2121", "192.168.1.20", "2121"},
		"sftp://[fd00::2]:2022/":     {"sftp://[fd00::2]:2022", "[fd00::2]", "2022"},
		"https://files.example.org/": {"https://files.example.org", "files.example.org", "443"},
	} {
		if got, ok := spotOf(address); !ok || got != want {
			t.Errorf("%s: %+v, %v", address, got, ok)
		}
	}
	s := start(t, t.TempDir(), nil)
	web := s.Status(t.Context()).Doors[0]
	if web.Title != "Web" || web.Port == 0 || len(web.Lines) == 0 || !strings.Contains(web.Lines[0].Text, strings.TrimSuffix(web.Address, "/")) {
		t.Errorf("%+v", web)
	}
	if err := s.SetDoor(t.Context(), "http", off); err != nil {
		t.Fatal(err)
	}
	if web := s.Status(t.Context()).Doors[0]; web.Port != 0 || web.Lines != nil || web.Address != "" {
		t.Errorf("closed: %+v", web)
	}
}

// A door moves without leaving its visitors alone.
func TestSetDoor(t *testing.T) {
	dir := folderWith(t, "x.txt")
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{volume("/", dir, "r")} })
	first := s.Addresses()[0]

	if err := s.SetDoor(t.Context(), "http", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if second := s.Addresses()[0]; second == first {
		t.Errorf("the door did not move from %s", first)
	}
	wantStatus(t, s, "/x.txt", 200)
	eventually(t, "the old port is closed", func() bool {
		c, err := net.Dial("tcp", strings.TrimPrefix(first, "http://"))
		if err == nil {
			c.Close()
		}
		return err != nil
	})

	// The same port on another address: the old listener has to go first.
	port := s.Addresses()[0][strings.LastIndexByte(s.Addresses()[0], ':'):]
	if err := s.SetDoor(t.Context(), "http", "localhost"+port); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, s, "/x.txt", 200)

	// A port that cannot be had leaves the door where it is.
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if err := s.SetDoor(t.Context(), "http", taken.Addr().String()); err == nil {
		t.Error("moved to a port that somebody else has")
	}
	wantStatus(t, s, "/x.txt", 200)
	if st := s.Status(t.Context()); !st.Doors[0].Open || !strings.Contains(st.Doors[0].Problem, "used by") {
		t.Errorf("status: %+v", st.Doors[0])
	}

}

// A door that was closed stays so over a restart, until the settings say something new.
func TestDoorStaysClosed(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	if err := s.SetDoor(t.Context(), "http", "off"); err != nil {
		t.Fatal(err)
	}
	if len(s.Addresses()) != 0 {
		t.Errorf("a closed door has addresses %v", s.Addresses())
	}
	stop(t, s)

	again, err := New(t.Context(), s.o)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if want, _ := again.wanted(t.Context(), again.gate("http")); want != off {
		t.Errorf("after a restart the door wants %q", want)
	}
	again.cfg.HTTP.Addr = "127.0.0.1:1"
	if want, _ := again.wanted(t.Context(), again.gate("http")); want != "127.0.0.1:1" {
		t.Errorf("new settings do not count: %q", want)
	}
}

// A door that is opened again is where it was before it was closed.
func TestDoorComesBack(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	if err := s.SetDoor(t.Context(), "sftp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		no, yes := false, true
		if d, err := (admin{s}).Door(t.Context(), "sftp", api.DoorChange{Open: &no}); err != nil || d.Open {
			t.Fatalf("%+v, %v", d, err)
		}
		d, err := admin{s}.Door(t.Context(), "sftp", api.DoorChange{Open: &yes})
		if err != nil || !strings.HasPrefix(d.Address, "sftp://127.0.0.1:") || d.Port == 2222 {
			t.Fatalf("%+v, %v", d, err)
		}
	}
}

// The control listener on loopback admits its own page with its token, nobody else.
func TestLoopback(t *testing.T) {
	data := t.TempDir()
	s := start(t, data, func(o *Options) { o.Loopback = true })
	url, token := s.Control()
	for name, c := range map[string]struct {
		token, origin, host string
		want                int
	}{
		"right":          {token, "", "", 200},
		"own page":       {token, url, "", 200},
		"no token":       {"", "", "", 403},
		"wrong token":    {token + "x", "", "", 403},
		"other page":     {token, "http://evil.example", "", 403},
		"other port":     {token, "http://127.0.0.1:1", "", 403},
		"rebound name":   {token, "", "evil.example", 403},
		"localhost name": {token, "", "localhost", 403},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/-/api/status", nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.token != "" {
			r.Header.Set("X-Portico-Token", c.token)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		r.Host = c.host
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, answer.StatusCode, c.want)
		}
	}
	about, err := os.Stat(filepath.Join(data, "control.token"))
	if err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("control.token: %v, %v", about, err)
	}
	stop(t, s)
	if _, err := os.Stat(filepath.Join(data, "control.token")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the end the token is still there: %v", err)
	}
}

// What doors do is told, in order.
func TestDoorEvents(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	if err := s.SetDoor(t.Context(), "http", off); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var got []event.Kind
	for e, err := range s.Follow(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Door == "http" && (e.Kind == event.DoorOpened || e.Kind == event.DoorClosed) {
			if got = append(got, e.Kind); len(got) == 2 {
				break
			}
		}
	}
	if len(got) != 2 || got[0] != event.DoorOpened || got[1] != event.DoorClosed {
		t.Errorf("events %v", got)
	}
}

func TestKnownHosts(t *testing.T) {
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.HTTP.PublicURL = "https://files.example.org"
		o.Config.HTTP.TLS.Names = []string{"files.lan.example"}
	})
	for host, want := range map[string]bool{
		"192.168.1.20:3923": true, "[fe80::1]:3923": true, "[::1]": true, "localhost:1": true, "laptop": true, "laptop.local": true,
		"files.example.org": true, "FILES.example.org.": true, "files.lan.example:80": true, "": true,
		"evil.example": false, "files.example.org.evil.example": false, "127.0.0.1.evil.example:80": false, "a.b": false,
	} {
		if got := s.known(host); got != want {
			t.Errorf("known(%q) = %v", host, got)
		}
	}
}

// Where the settings insist on encryption, plain requests are sent to it; the same port speaks both.
func TestInsist(t *testing.T) {
	dir := folderWith(t, "x.txt")
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.Volumes = []config.Volume{volume("/", dir, "r")}
		o.Config.HTTP.TLS.Required = true
	})
	base := s.Addresses()[0]
	roots := x509.NewCertPool()
	text, err := os.ReadFile(filepath.Join(s.o.Data, "certificate.pem"))
	if err != nil || !roots.AppendCertsFromPEM(text) {
		t.Fatal("no certificate", err)
	}
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots}}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	plain, err := client.Get("http://" + strings.TrimPrefix(strings.TrimPrefix(base, "https://"), "http://") + "/x.txt?dl")
	if err != nil {
		t.Fatal(err)
	}
	plain.Body.Close()
	where := plain.Header.Get("Location")
	if plain.StatusCode != http.StatusPermanentRedirect || !strings.HasPrefix(where, "https://127.0.0.1:") || !strings.HasSuffix(where, "/x.txt?dl") {
		t.Fatalf("plain: %d to %q", plain.StatusCode, where)
	}
	secure, err := client.Get(where)
	if err != nil {
		t.Fatal(err)
	}
	defer secure.Body.Close()
	if body, err := io.ReadAll(secure.Body); err != nil || string(body) != "x.txt" {
		t.Errorf("encrypted: %d %q, %v", secure.StatusCode, body, err)
	}
}
