package server

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/account"
	"portico/backend/config"
)

// put uploads over the HTTP door and returns status and body.
func put(t *testing.T, s *Server, path, as string, body io.Reader) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.Addresses()[0]+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if as != "" {
		r.SetBasicAuth(as, "correct horse")
	}
	return exchange(t, r)
}

func person(t *testing.T, s *Server, name string, groups ...string) account.Account {
	t.Helper()
	a, err := s.accounts.Create(t.Context(), account.NewAccount{Name: name, Password: "correct horse", Groups: groups})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func bytesOf(n int) io.Reader { return strings.NewReader(strings.Repeat("x", n)) }

func reloadWith(t *testing.T, s *Server, change func(*config.Config)) {
	t.Helper()
	c := s.config()
	change(&c)
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reload(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// Everybody's uploads over HTTP are bounded as the settings say, in words, and a change of them counts
// at once.
func TestQuota(t *testing.T) {
	dir, two := t.TempDir(), t.TempDir()
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.Volumes = []config.Volume{volume("/pub", dir, "rwd"), volume("/two", two, "rw")}
		o.Config.Volumes[1].Files = 2
		o.Config.Volumes[1].FileSize = 300
		o.Config.Quota.Bytes = map[string]config.Size{"Ann": 1000, "@lab": 2000, "@small": 10, "*": 500, "scope": 100}
		o.Config.Quota.Files = map[string]int{"ANN": 3}
	})
	person(t, s, "ann", "lab")
	bob := person(t, s, "Bob", "Lab", "small")
	person(t, s, "eve")
	if _, err := s.accounts.CreateDevice(t.Context(), account.NewDevice{Name: "scope", Password: "correct horse", For: bob.ID, Mask: 0xff}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		as, path string
		size     int
		want     int
		words    string
	}{
		{"ann", "/pub/a1", 900, 201, ""},
		{"ann", "/pub/a2", 101, 507, "You may hold 1 KB, and 900 bytes of it are used. Remove something"},
		{"ann", "/pub/a2", 50, 201, ""},
		{"ann", "/pub/a3", 10, 201, ""},
		{"ann", "/pub/a4", 10, 507, "You may hold 3 files, and there are 3."},
		{"ann", "/pub/a3", 11, 204, ""},
		{"Bob", "/pub/b1", 1500, 201, ""}, // the most generous of his groups
		{"scope", "/pub/s1", 90, 201, ""},
		{"scope", "/pub/s2", 20, 507, "“scope” may hold 100 bytes, and 90 bytes of it are used."},
		{"Bob", "/pub/b2", 420, 507, "You may hold 2 KB, and 1.6 KB of it are used."}, // with what his device stored
		{"eve", "/pub/e1", 501, 507, "You may hold 500 bytes"},
		{"", "/pub/g1", 501, 507, "Whoever is not signed in has no room left for this."},
		{"", "/two/1", 200, 201, ""},
		{"ann", "/two/2", 10, 507, ""}, // her files are used up
		{"eve", "/two/2", 301, 413, "A file may have 300 bytes here, and this one has 301 bytes."},
		{"eve", "/two/2", 1, 201, ""},
		{"eve", "/two/3", 1, 507, "“two” may hold 2 files, and there are 2."},
	} {
		code, body := put(t, s, c.path, c.as, bytesOf(c.size))
		if code != c.want || !strings.Contains(body, c.words) {
			t.Errorf("%s sends %d to %s: %d, want %d: %.300s", c.as, c.size, c.path, code, c.want, body)
		}
	}
	reloadWith(t, s, func(c *config.Config) {
		c.Quota.Bytes = map[string]config.Size{"ann": 0, "*": 500}
		c.Quota.Files = nil
		c.Volumes[1].Files, c.Volumes[1].FileSize = 0, 0
	})
	for _, path := range []string{"/pub/a9", "/two/9"} {
		if code, body := put(t, s, path, "ann", bytesOf(4000)); code != 201 {
			t.Errorf("without a bound: %d %s", code, body)
		}
	}
}

// A change of bounds, rates and the floor does not end what is under way.
func TestBoundsChangeUnderWay(t *testing.T) {
	dir := t.TempDir()
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.Volumes = []config.Volume{volume("/", dir, "rw")}
		o.Config.Rate.Up = map[string]config.Size{"*": 20 * config.KB}
	})
	in, out := io.Pipe()
	type answer struct {
		code int
		body string
	}
	done := make(chan answer, 1)
	go func() {
		code, body := put(t, s, "/slow", "", in)
		done <- answer{code, body}
	}()
	if _, err := out.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the upload moves", func() bool { return len(s.Transfers()) == 1 })
	reloadWith(t, s, func(c *config.Config) {
		c.Volumes[0].FloorBytes, c.Volumes[0].Bytes, c.Volumes[0].Down = 1, 1<<30, 10*config.MB
		c.Rate.Up = nil
	})
	// At 20 kB a second this would take minutes.
	if _, err := out.Write(make([]byte, 8<<20)); err != nil {
		t.Fatal(err)
	}
	out.Close()
	select {
	case a := <-done:
		if a.code != 201 {
			t.Errorf("%d %s", a.code, a.body)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the old rate still holds")
	}
	if about, err := os.Stat(filepath.Join(dir, "slow")); err != nil || about.Size() != 8<<20+1000 {
		t.Error(about, err)
	}
	reloadWith(t, s, func(c *config.Config) { c.Volumes[0].FloorBytes = 1 << 60 })
	if code, body := put(t, s, "/more", "", bytesOf(1)); code != 507 || !strings.Contains(body, "not enough room") {
		t.Errorf("%d %s", code, body)
	}
}
