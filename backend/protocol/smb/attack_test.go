//go:build linux

package smb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/protocoltest/httpclient"
	"portico/backend/protocol/web"
	"portico/backend/samba"
	"portico/backend/vfs/vfstest"
)

// open opens the door over a house.
func open(t *testing.T, grants ...access.Grant) (*protocoltest.House, *Door, string) {
	t.Helper()
	smbDoor(t)
	h := protocoltest.NewHouse(t, grants...)
	d := newDoor(t, h)
	return h, d, serve(t, d)
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// children are the smbd of this process.
func children(t *testing.T) (out []int) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range lists {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range strings.Fields(string(text)) {
			pid, err := strconv.Atoi(field)
			if name, e := os.ReadFile("/proc/" + field + "/comm"); err == nil && e == nil && strings.HasPrefix(string(name), "smbd") {
				out = append(out, pid)
			}
		}
	}
	return out
}

// TestKilled: what was being written when smbd or the client was killed is not published, however it was
// killed, and the next client finds everything as it was. One that hangs goes after its client.
func TestKilled(t *testing.T) {
	const client = syscall.Signal(0)
	// Of SIGSEGV and SIGABRT smbd writes a report first, for which it cannot allocate where they came while it did.
	for _, signal := range []syscall.Signal{client, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGILL, syscall.SIGSTOP} {
		t.Run(signal.String(), func(t *testing.T) {
			h, _, address := open(t)
			h.Lay("/files/old.bin", []byte("old"))
			for _, name := range []string{"/files/new.bin", "/files/old.bin"} {
				c := newClient(t, address, protocoltest.Alice)
				w := c.beginPut(t, name)
				if _, err := w.Write(bytes.Repeat([]byte("x"), 24<<20)); err != nil {
					t.Fatal(err)
				}
				eventually(t, "it is being written", func() bool {
					list := h.Tree.Transfers()
					return len(list) == 1 && list[0].Done > 0
				})
				if signal == client {
					c.end()
				}
				for _, pid := range children(t) {
					if signal == client {
						break
					}
					if err := syscall.Kill(pid, signal); err != nil {
						t.Fatal(err)
					}
				}
				if signal == syscall.SIGSTOP {
					c.end()
				}
				eventually(t, "nothing is open", func() bool { return len(h.Tree.Transfers()) == 0 })
				c.end()
				w.Close()
			}
			if got := h.OnDisk("/files/new.bin"); got != nil {
				t.Errorf("%d bytes were published", len(got))
			}
			if got := h.OnDisk("/files/old.bin"); string(got) != "old" {
				t.Errorf("%d bytes in place of the old file", len(got))
			}
			if err := newClient(t, address, protocoltest.Alice).Put("/files/new.bin", []byte("whole")); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestClosed: a door that has to close at once leaves nothing half done and nothing running.
func TestClosed(t *testing.T) {
	smbDoor(t)
	h := protocoltest.NewHouse(t)
	d := newDoor(t, h)
	if err := d.Start(t.Context()); err != nil {
		left(t, err.Error())
	}
	c := newClient(t, d.Addrs()[0].String(), protocoltest.Alice)
	w := c.beginPut(t, "/files/new.bin")
	defer w.Close()
	if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<20)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is being written", func() bool { return len(h.Tree.Transfers()) == 1 })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if got := h.OnDisk("/files/new.bin"); got != nil || len(children(t)) > 0 {
		t.Errorf("%d bytes were published, children %v", len(got), children(t))
	}
	if left, err := os.ReadDir(d.o.Data); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestTwoPeople: what one has open for writing the other cannot take away, as clients of SMB expect.
func TestTwoPeople(t *testing.T) {
	h, _, address := open(t,
		access.Grant{Path: "/files/both", Who: protocoltest.Person(protocoltest.Alice), Rights: vfstest.Rights("rwmd")},
		access.Grant{Path: "/files/both", Who: protocoltest.Person(protocoltest.Bob), Rights: vfstest.Rights("rwmd")})
	h.Lay("/files/both/a.txt", []byte("old"))
	alice, bob := newClient(t, address, protocoltest.Alice), newClient(t, address, protocoltest.Bob)
	w := alice.beginPut(t, "/files/both/a.txt")
	for what, err := range map[string]error{
		"remove": bob.Remove("/files/both/a.txt"),
		"rename": bob.Rename("/files/both/a.txt", "/files/both/b.txt"),
	} {
		if !errors.Is(err, protocoltest.ErrLocked) {
			t.Errorf("%s while alice writes: %v", what, err)
		}
	}
	if _, err := w.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := alice.result(); err != nil {
		t.Error(err)
	}
	if got := h.OnDisk("/files/both/a.txt"); string(got) != "new" {
		t.Errorf("on disk %q", got)
	}
	if err := bob.Remove("/files/both/a.txt"); err != nil {
		t.Error(err)
	}
}

// TestGuessing: who guesses passwords has to wait, whatever comes next from there.
func TestGuessing(t *testing.T) {
	h, _, address := open(t)
	_, port, _ := net.SplitHostPort(address)
	ctx, enough := context.WithCancel(t.Context())
	var guesser sync.WaitGroup
	defer guesser.Wait()
	defer enough()
	guesser.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			cmd := exec.CommandContext(ctx, "smbclient", "-s", "/dev/null", "-p", port, "//127.0.0.1/portico", "-U", "alice%guess"+strconv.Itoa(i), "-c", "ls")
			if out, err := cmd.CombinedOutput(); err == nil {
				t.Errorf("let in: %s", out)
			}
		}
	})
	eventually(t, "who comes from there is turned away", func() bool {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		_, err = c.Read(make([]byte, 1))
		return h.Accounts.Wait("127.0.0.1") > 0 && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET))
	})
}

// TestLetterCase: clients of SMB take names that differ in letter case only for one.
func TestLetterCase(t *testing.T) {
	h, _, address := open(t)
	h.Lay("/files/Some Folder/ReadMe.txt", []byte("read"))
	c := newClient(t, address, protocoltest.Alice)
	r, err := c.Get("/FILES/some folder/README.TXT")
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	c = newClient(t, address, protocoltest.Alice)
	if err := c.Put("/files/SOME FOLDER/readme.TXT", []byte("written")); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(h.Names("/files/Some Folder")); got != "[ReadMe.txt]" || string(h.OnDisk("/files/Some Folder/ReadMe.txt")) != "written" {
		t.Errorf("on disk: %s", got)
	}
}

// TestNoise: whoever speaks something else costs no program, and disturbs nobody.
func TestNoise(t *testing.T) {
	smbDoor(t)
	var away protocoltest.Away
	address := serve(t, newDoorAt(t, protocoltest.NewHouse(t), away.Spec()))
	for _, noise := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01", "SSH-2.0-x\r\n", "\x00\x00\x00\x04\xfeSMB", "\x00\xff\xff\xff" + strings.Repeat("A", 1<<16), "\x81\x00\x00\x00"} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte(noise)); err != nil {
			t.Error(err)
		}
		c.Close()
	}
	eventually(t, "nobody is left", func() bool { return len(children(t)) == 0 })
	if _, err := newClient(t, address, protocoltest.Alice).List("/files"); err != nil {
		t.Error(err)
	}
	away.Want(t, "DOOR-NOISE-01", "not SMB")
	if n := len(away.Reasons()); n != 1 {
		t.Errorf("%d lines: %v", n, away.Reasons())
	}
}

// TestLeftBehind: what a start that was killed left behind goes at the next.
func TestLeftBehind(t *testing.T) {
	smbDoor(t)
	data := t.TempDir()
	old, err := samba.New(samba.Options{Data: data})
	if err != nil {
		left(t, err.Error())
	}
	second, err := samba.New(samba.Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old.View()); err != nil {
		t.Errorf("a second start took away what the first still uses: %v", err)
	}
	for _, s := range []*samba.Samba{old, second} {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	gone := filepath.Join(t.TempDir(), "portico-smb-killed")
	for _, dir := range []string{gone, gone + "/view", gone + "/lock"} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(data, "smb-1.place"), []byte(gone), 0o600); err != nil {
		t.Fatal(err)
	}
	third, err := samba.New(samba.Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(gone); err == nil {
		t.Error("it is still there")
	}
	if err := third.Close(); err != nil {
		t.Error(err)
	}
}

// TestCross: what comes in by SMB goes out by HTTP, and the other way round.
func TestCross(t *testing.T) {
	protocoltest.Cross(t, smbDoor(t), protocoltest.Door{Name: "http", Label: "http", Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		d := web.New(web.Options{Front: web.NewFront(web.FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares}), Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}})
		if err := d.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if err := d.Stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		return httpclient.At("http://" + d.Addrs()[0].String())
	}})
}
