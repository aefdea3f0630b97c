package webdav_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// TestRclone copies, checks byte by byte, moves, syncs and removes as scripts do.
func TestRclone(t *testing.T) {
	need(t, "rclone")
	h := newHouse(t)
	src := t.TempDir()
	for _, name := range []string{"a.txt", "empty", "ü ß/% #/a?b&c", "d/e/f/g", "100%.txt", "+ = ; ,"} {
		at := filepath.Join(src, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(strings.Repeat(name, len(name)%7*1000)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	rclone := func(args ...string) {
		t.Helper()
		cmd := exec.Command("rclone", append([]string{"--config", filepath.Join(t.TempDir(), "none"), "--retries", "1"}, args...)...)
		hidden, err := exec.Command("rclone", "obscure", protocoltest.Password("alice")).Output()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Env = append(os.Environ(), "RCLONE_WEBDAV_URL="+h.url+"/dav/", "RCLONE_WEBDAV_USER=alice", "RCLONE_WEBDAV_PASS="+strings.TrimSpace(string(hidden)))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("rclone %s: %v: %s", args[0], err, out)
		}
	}
	rclone("copy", src, ":webdav:files/up")
	rclone("check", "--download", src, ":webdav:files/up")
	rclone("moveto", ":webdav:files/up/a.txt", ":webdav:files/up/d/b.txt")
	rclone("copyto", ":webdav:files/up/d/b.txt", ":webdav:files/up/c.txt")
	rclone("move", ":webdav:files/up/ü ß", ":webdav:files/up/d/moved")
	want := "+ = ; , 100%.txt c.txt d/ d/b.txt d/e/ d/e/f/ d/e/f/g d/moved/ d/moved/% #/ d/moved/% #/a?b&c empty"
	if got := strings.Join(h.Names("/files/up"), " "); !strings.HasPrefix(got, want) {
		t.Errorf("on disk: %s", got)
	}
	rclone("sync", src, ":webdav:files/up")
	rclone("check", "--download", src, ":webdav:files/up")
	rclone("purge", ":webdav:files/up")
	if got := strings.Join(h.Names("/files"), " "); got != "inbox/ private/" {
		t.Errorf("on disk: %s", got)
	}
}

// TestCadaverIsTold of what another holds: the answer is XML, and its user reads a word.
func TestCadaverIsTold(t *testing.T) {
	need(t, "cadaver")
	h := newHouse(t)
	h.Lay("/files/a.txt", []byte("a"))
	h.do("LOCK", "/dav/files/a.txt", "@alice", exclusive).want(t, 200)
	home := t.TempDir()
	for name, text := range map[string]string{
		".netrc": "machine 127.0.0.1 login alice password " + protocoltest.Password("alice") + "\n", "a.txt": "mine",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("cadaver", h.url+"/dav/files/")
	cmd.Dir, cmd.Stdin = home, strings.NewReader("put a.txt\ndelete a.txt\nlock a.txt\nquit\n")
	cmd.Env = append(os.Environ(), "HOME="+home)
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), "423 Locked") != 3 {
		t.Errorf("%v: %s", err, out)
	}
	h.holdsFile(t, "/files/a.txt", "a")
}

// TestCadaver locks, hangs properties on and moves by hand.
func TestCadaver(t *testing.T) {
	need(t, "cadaver")
	h := newHouse(t)
	home := t.TempDir()
	for name, text := range map[string]string{
		".netrc": "machine 127.0.0.1 login alice password " + protocoltest.Password("alice") + "\n", "local.txt": "from here",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	steps := []string{"mkcol made", "cd made", "put local.txt", "lock local.txt", "discover local.txt", "propset local.txt author me", "propget local.txt author",
		"copy local.txt two.txt", "propget two.txt author", "unlock local.txt", "move two.txt three.txt", "get three.txt back.txt", "delete three.txt", "ls", "cd ..", "rmcol made", "quit"}
	cmd := exec.Command("cadaver", h.url+"/dav/files/")
	cmd.Dir, cmd.Stdin = home, strings.NewReader(strings.Join(steps, "\n")+"\n")
	cmd.Env = append(os.Environ(), "HOME="+home)
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "failed") {
		t.Errorf("%v: %s", err, out)
	}
	for _, text := range []string{"Scope: exclusive", "Value of author is: me", fmt.Sprintf("%d", len("from here"))} {
		if !strings.Contains(string(out), text) {
			t.Errorf("%q is not in %s", text, out)
		}
	}
	if n := strings.Count(string(out), "Value of author is: me"); n != 2 {
		t.Errorf("the copy lost its property: %s", out)
	}
	back, err := os.ReadFile(filepath.Join(home, "back.txt"))
	if err != nil || string(back) != "from here" {
		t.Errorf("%q %v", back, err)
	}
	if got := strings.Join(h.Names("/files"), " "); got != "inbox/ private/" {
		t.Errorf("on disk: %s", got)
	}
}
