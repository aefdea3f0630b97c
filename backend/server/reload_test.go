package server

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/backend/account"
	"portico/backend/certificate"
	"portico/backend/config"
)

// Every setting of the door and of signing in holds at once, at the same port, and an upload that is
// under way goes on.
func TestReloadLive(t *testing.T) {
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.Volumes = []config.Volume{volume("/", t.TempDir(), "rw")}
		o.Config.HTTP.Timeouts.Shutdown = 0
	})
	before := s.Addresses()[0]
	in, out := io.Pipe()
	done := make(chan int, 1)
	go func() {
		code, _ := put(t, s, "/slow", "", in)
		done <- code
	}()
	if _, err := out.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the upload moves", func() bool { return len(s.Transfers()) == 1 })

	reloadWith(t, s, func(c *config.Config) {
		c.HTTP.Timeouts.Idle = config.Minute
		c.HTTP.TrustedProxies = []string{"127.0.0.1"}
		c.HTTP.ProxyHeader = "X-Real-IP"
		c.Limits.Connections, c.Limits.ConnectionsPerAddress = 100, 0
		c.Limits.PasswordChecks = 3
		c.Keep.SignedIn = config.Hour
		c.Accounts.MinPassword = 20
	})
	if now := s.Addresses()[0]; now != before {
		t.Errorf("the door moved from %s to %s", before, now)
	}
	wantStatus(t, s, "/", 200)

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, before+"/proxied", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Real-IP", "203.0.113.9")
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	events, err := s.store.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if last := events[len(events)-1]; last.Remote != "203.0.113.9" {
		t.Errorf("the proxy is not believed: %+v", last)
	}
	if _, err := s.accounts.Create(t.Context(), account.NewAccount{Name: "ann", Password: "correct horse"}); err == nil || !strings.Contains(err.Error(), "at least 20") {
		t.Errorf("a short password: %v", err)
	}
	if _, err := out.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	out.Close()
	select {
	case code := <-done:
		if code != 201 {
			t.Errorf("the upload: %d", code)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the upload hangs")
	}
}

// Encryption is switched off and on while the door is open.
func TestReloadEncryption(t *testing.T) {
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{volume("/", folderWith(t, "x"), "r")} })
	encrypted := func() error {
		c, err := tls.Dial("tcp", strings.TrimPrefix(s.Addresses()[0], "http://"), &tls.Config{InsecureSkipVerify: true})
		if err == nil {
			c.Close()
		}
		return err
	}
	if err := encrypted(); err != nil {
		t.Fatal(err)
	}
	reloadWith(t, s, func(c *config.Config) { c.HTTP.TLS.Mode = "off" })
	if encrypted() == nil {
		t.Error("still encrypted")
	}
	reloadWith(t, s, func(c *config.Config) { c.HTTP.TLS.Mode = "auto" })
	if err := encrypted(); err != nil {
		t.Error(err)
	}
}

// A certificate that was renewed, or lies elsewhere now, is what the open door shows from then on.
func TestReloadFiles(t *testing.T) {
	made := func() (from config.TLS, leaf []byte) {
		dir := t.TempDir()
		keeper, err := certificate.Open(certificate.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		pair, err := keeper.Certificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return config.TLS{Mode: "files", Cert: filepath.Join(dir, "certificate.pem"), Key: filepath.Join(dir, "certificate.key")}, pair.Certificate[0]
	}
	first, one := made()
	second, other := made()
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.HTTP.TLS = first
		o.Config.Volumes = []config.Volume{volume("/", folderWith(t, "x"), "r")}
	})
	shown := func() []byte {
		c, err := tls.Dial("tcp", strings.TrimPrefix(s.Addresses()[0], "http://"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].Raw
	}
	if !bytes.Equal(shown(), one) {
		t.Fatal("not the certificate of the files")
	}
	reloadWith(t, s, func(c *config.Config) { c.HTTP.TLS = second })
	if !bytes.Equal(shown(), other) {
		t.Error("still the old certificate")
	}
	garbage := filepath.Join(t.TempDir(), "garbage.pem")
	if err := os.WriteFile(garbage, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	for bad, want := range map[[2]string]string{
		{"/nope.pem", first.Key}: "http.tls.cert: there is no file /nope.pem; what was shown before is shown on",
		{first.Cert, garbage}:    "http.tls.key: " + garbage + " holds nothing in PEM",
		{t.TempDir(), first.Key}: " cannot be read: ",
		{first.Cert, second.Key}: "cannot be used together: private key does not match public key",
	} {
		c := s.config()
		c.HTTP.TLS.Cert, c.HTTP.TLS.Key = bad[0], bad[1]
		if _, err := s.Reload(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if !bytes.Equal(shown(), other) {
			t.Error("the certificate that was shown is gone")
		}
	}
}

// What only the next start can change is told.
func TestReloadLater(t *testing.T) {
	s := start(t, t.TempDir(), func(o *Options) { o.Doors = map[string]string{"http": "127.0.0.1:0"} })
	c := s.config()
	applied, err := s.Reload(t.Context(), c)
	if err != nil || len(applied.Later) != 0 {
		t.Error(applied, err)
	}
	c.Log.Level, c.HTTP.Addr = "debug", ":4444"
	applied, err = s.Reload(t.Context(), c)
	if err != nil || !slices.Equal(applied.Later, []string{"log", "http.addr (until then the command line's --http holds)"}) {
		t.Error(applied, err)
	}
}
