//go:build linux

package smb

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/access"
	"portico/backend/protocol/protocoltest"
	"portico/backend/vfs/vfstest"
)

// putStream sends a file of what a client keeps beside the content of another: "a.txt:com.apple.x".
func (c *smbclient) putStream(name, stream string, content []byte) error {
	local := filepath.Join(c.dir, "stream")
	if err := os.WriteFile(local, content, 0o600); err != nil {
		return err
	}
	_, err := c.do("put %s %s", local, strings.TrimSuffix(quoted(name), `"`)+":"+stream+`"`)
	return err
}

func (c *smbclient) stream(name, stream string) ([]byte, error) {
	local := filepath.Join(c.dir, "back")
	if _, err := c.do("get %s %s", strings.TrimSuffix(quoted(name), `"`)+":"+stream+`"`, local); err != nil {
		return nil, err
	}
	return os.ReadFile(local)
}

// streams opens the door, and leaves the test out where Samba has no modules for streams.
func streams(t *testing.T, grants ...access.Grant) (*protocoltest.House, string) {
	t.Helper()
	needModules(t)
	h, _, address := open(t, grants...)
	return h, address
}

func needModules(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/usr/share/doc/samba-vfs-modules/copyright"); err != nil {
		left(t, "samba-vfs-modules is not installed")
	}
}

// TestStreams: what macOS keeps beside files is kept, goes with the name, and goes when the file does.
func TestStreams(t *testing.T) {
	h, address := streams(t)
	c := newClient(t, address, protocoltest.Alice)
	// What is larger than one attribute can be is refused, and takes nothing with it.
	fork, tooLarge := bytes.Repeat([]byte("fork"), 120<<10), make([]byte, 100<<10)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	want := func(name, stream string, want []byte) {
		t.Helper()
		if got, err := c.stream(name, stream); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s:%s: %d bytes of %d, %v", name, stream, len(got), len(want), err)
		}
	}
	must(c.Put("/files/a.txt", []byte("text")))
	must(c.putStream("/files/a.txt", "AFP_Resource", fork))
	must(c.putStream("/files/a.txt", "com.apple.x", []byte("value")))
	if err := c.putStream("/files/a.txt", "large", tooLarge); err == nil {
		t.Error("100 KiB were taken")
	}
	must(c.Rename("/files/a.txt", "/files/B.txt"))
	want("/files/B.txt", "AFP_Resource", fork)
	want("/files/b.TXT", "COM.Apple.X", []byte("value"))
	must(c.Put("/files/B.txt", []byte("other text")))
	must(c.putStream("/files/new.txt", "first", []byte("before the file")))
	want("/files/new.txt", "first", []byte("before the file"))
	must(c.Mkdir("/files/folder"))
	must(c.putStream("/files/folder", "of a folder", []byte("f")))
	want("/files/folder", "of a folder", []byte("f"))
	want("/files/B.txt", "AFP_Resource", fork)
	must(c.Put("/files/._B.txt", []byte("an older system's")))
	if got := laid(h); got != "._B.txt B.txt folder/ new.txt" || string(h.OnDisk("/files/B.txt")) != "other text" {
		t.Errorf("on disk: %s", got)
	}
	must(c.Remove("/files/B.txt"))
	must(c.Put("/files/B.txt", []byte("a new one")))
	if got, err := c.stream("/files/B.txt", "AFP_Resource"); err == nil {
		t.Errorf("%d bytes came from a file that is gone", len(got))
	}
	for _, name := range []string{"..", ".", "a/b", `a\b`, strings.Repeat("x", 300), "::$DATA", "x:$INDEX_ALLOCATION", "\x01", "*"} {
		_ = c.putStream("/files/B.txt", name, []byte("hostile")) // refused or kept: nothing else happens
	}
	if got := laid(h); got != "B.txt folder/ new.txt" || h.OnDisk("/files/B.txt") == nil {
		t.Errorf("on disk: %s", got)
	}
}

// TestStreamsAreGuarded: who may read only reads only, and a write that is cut leaves nothing.
func TestStreamsAreGuarded(t *testing.T) {
	h, address := streams(t, access.Grant{Path: "/files/shown", Who: protocoltest.Person(protocoltest.Bob), Rights: vfstest.Rights("r")})
	h.Lay("/files/shown/a.txt", []byte("text"))
	alice, bob := newClient(t, address, protocoltest.Alice), newClient(t, address, protocoltest.Bob)
	if err := h.Owner().SetAttribute("/files/shown/a.txt", "DosStream.x:$DATA", []byte("value\x00")); err != nil {
		t.Fatal(err)
	}
	if got, err := bob.stream("/files/shown/a.txt", "x"); err != nil || string(got) != "value" {
		t.Errorf("bob reads %q, %v", got, err)
	}
	for _, name := range []string{"/files/shown/a.txt", "/files/shown", "/files", "/"} {
		if err := bob.putStream(name, "x", []byte("bob's")); err == nil {
			t.Errorf("bob wrote beside %s", name)
		}
	}
	w := alice.beginPut(t, "/files/cut.bin")
	if _, err := w.Write(bytes.Repeat([]byte("x"), 4<<20)); err != nil {
		t.Fatal(err)
	}
	alice.end()
	w.Close()
	eventually(t, "nothing is open", func() bool { return len(h.Tree.Transfers()) == 0 })
	alice = newClient(t, address, protocoltest.Alice)
	if got, err := alice.stream("/files/cut.bin", "x"); err == nil || errors.Is(err, os.ErrPermission) || h.OnDisk("/files/cut.bin") != nil {
		t.Errorf("%q, %v", got, err)
	}
}
