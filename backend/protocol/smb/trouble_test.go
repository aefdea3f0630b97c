//go:build linux

package smb

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
)

// fragile puts an smbd first on the PATH that is the real one until it is broken: then it does what a line of
// shell says.
func fragile(t *testing.T) (broken func(how string)) {
	t.Helper()
	real, err := exec.LookPath("smbd")
	if err != nil {
		left(t, "Samba is not installed")
	}
	bin := t.TempDir()
	how := filepath.Join(bin, "how")
	for _, dir := range []string{bin, filepath.Dir(bin)} { // it is run as somebody else
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script := "#!/bin/sh\n[ -e " + how + " ] && . " + how + "\nexec " + real + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "smbd"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	return func(line string) {
		var err error
		if line == "" {
			err = os.Remove(how)
		} else {
			err = os.WriteFile(how, []byte(line), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// told keeps what the door told.
type told struct {
	mu   sync.Mutex
	news []string
}

func (w *told) tell(why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if why == nil {
		w.news = append(w.news, "")
		return
	}
	w.news = append(w.news, why.Error())
}

func (w *told) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.news...)
}

// TestBrokenSamba: a Samba that breaks while the door is open is told of once, costs no program for each
// client, and is noticed when it works again, also when nobody comes.
func TestBrokenSamba(t *testing.T) {
	for name, c := range map[string]struct{ how, said string }{
		"a library is missing": {"echo 'smbd: libx.so: cannot open' >&2; exit 127", "libx.so: cannot open"},
		"killed":               {"kill -KILL $$", "short of memory"},
		"says nothing":         {"exit 1", "exit status 1"},
	} {
		t.Run(name, func(t *testing.T) {
			smbDoor(t)
			broken := fragile(t)
			h := protocoltest.NewHouse(t)
			d := newDoorAt(t, h, listen.Spec{Addrs: []string{"127.0.0.1:0"}})
			var news told
			d.o.Trouble = news.tell
			address := serve(t, d)
			if err := newClient(t, address, protocoltest.Alice).Put("/files/before.txt", []byte("before")); err != nil {
				t.Fatal(err)
			}
			broken(c.how)
			eventually(t, "it is known that Samba is broken", func() bool {
				unanswered(t, address)
				return d.Problem() != nil
			})
			if why := d.Problem().Error(); !strings.Contains(why, c.said) || !strings.Contains(why, "apt install --reinstall samba") || strings.Contains(why, "\n") {
				t.Errorf("told: %s", why)
			}
			unanswered(t, address)
			broken("")
			eventually(t, "it works again", func() bool { return d.Problem() == nil })
			if err := newClient(t, address, protocoltest.Alice).Put("/files/after.txt", []byte("after")); err != nil {
				t.Error(err)
			}
			eventually(t, "that was told", func() bool { return len(news.all()) == 2 })
			if all := news.all(); all[0] == "" || all[1] != "" {
				t.Errorf("told: %q", all)
			}
		})
	}
}

// unanswered says the first byte of a client, and has to be let go without an answer.
func unanswered(t *testing.T, address string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write([]byte{0}) // it may be closed already
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("answered: %v", err)
	}
}

// TestClientsThatBreakOff: clients that go before they are answered, however many, do not make Samba look
// broken.
func TestClientsThatBreakOff(t *testing.T) {
	_, d, address := open(t)
	for range 2 * most {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte("\x00\x00\x00\x04\xfeSMB")); err != nil {
			t.Error(err)
		}
		c.Close()
	}
	eventually(t, "all have gone", func() bool { return len(d.Connected()) == 0 })
	d.wrong.work.Wait()
	if why := d.Problem(); why != nil {
		t.Error(why)
	}
}
