//go:build linux

package smb

import (
	"bytes"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// gvfsSMB is the program of GNOME's that speaks SMB.
const gvfsSMB = "/usr/libexec/gvfsd-smb"

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			left(t, program+" is not installed")
		}
	}
}

// someTree lays what people copy: names of many kinds, nothing, much, and folders in folders.
func someTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	large := bytes.Repeat([]byte("0123456789abcde\n"), 200_000)
	for name, content := range map[string][]byte{
		"a.txt": []byte("a.txt\n"), "empty": nil, "large.bin": large, "ü ß# 100%.bin": large[:70_001], "d/f.txt": []byte("f"), "d/e/g.txt": []byte("g"),
	} {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs a program with something on its standard input.
func run(t *testing.T, env []string, in, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env, cmd.Stdin = append(os.Environ(), env...), strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestRclone: a tree goes there and back, and is compared byte by byte on both sides.
func TestRclone(t *testing.T) {
	need(t, "rclone")
	h, _, address := open(t)
	_, port, _ := net.SplitHostPort(address)
	secret := strings.TrimSpace(run(t, nil, protocoltest.Password(protocoltest.Alice), "rclone", "obscure", "-"))
	at := ":smb,host=127.0.0.1,port=" + port + ",user=" + protocoltest.Alice + ",pass='" + secret + "':portico/files/"
	src, back := someTree(t), t.TempDir()
	quiet := []string{"RCLONE_CONFIG=" + filepath.Join(t.TempDir(), "none")}
	run(t, quiet, "", "rclone", "copy", src, at+"up")
	run(t, quiet, "", "rclone", "check", "--download", src, h.Path("/files/up"))
	run(t, quiet, "", "rclone", "copy", at+"up", back)
	run(t, quiet, "", "rclone", "check", "--download", src, back)
	run(t, quiet, "", "rclone", "moveto", at+"up/d/f.txt", at+"up/moved.txt")
	run(t, quiet, "", "rclone", "purge", at+"up/d")
	if got := strings.Join(h.Names("/files/up"), " "); got != "a.txt empty large.bin moved.txt ü ß# 100%.bin" {
		t.Errorf("on disk: %s", got)
	}
}

// TestGNOME does through GNOME's own virtual file system what its file manager does, on a bus of its own.
func TestGNOME(t *testing.T) {
	need(t, "gio", "dbus-daemon", gvfsSMB)
	h, _, address := open(t)
	g := protocoltest.NewGNOME(t)
	root := "smb://" + protocoltest.Alice + "@" + address + "/portico/files/"
	at := func(name string) string { return root + (&url.URL{Path: name}).EscapedPath() }

	g.Must("WORKGROUP\n"+protocoltest.Password(protocoltest.Alice)+"\n", "mount", root)
	src := someTree(t)
	g.Must("", "mkdir", at("up"))
	for _, name := range []string{"a.txt", "empty", "large.bin", "ü ß# 100%.bin"} {
		want, err := os.ReadFile(filepath.Join(src, name))
		if err != nil {
			t.Fatal(err)
		}
		g.Must("", "copy", filepath.Join(src, name), at("up/"+name))
		if got := h.OnDisk("/files/up/" + name); !bytes.Equal(got, want) {
			t.Errorf("%s on disk: %d bytes of %d", name, len(got), len(want))
		}
		g.Must("", "copy", at("up/"+name), filepath.Join(g.Home, "back"))
		if got, err := os.ReadFile(filepath.Join(g.Home, "back")); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s came back with %d bytes of %d, %v", name, len(got), len(want), err)
		}
	}
	if got := g.Must("", "list", at("up")); !strings.Contains(got, "ü ß# 100%.bin") || strings.Count(got, "\n") != 4 {
		t.Errorf("list: %q", got)
	}
	g.Must("", "rename", at("up/a.txt"), "b & c.txt")
	g.Must("edited", "save", at("up/b & c.txt")) // replaced in place
	g.Must("", "move", at("up/b & c.txt"), at("moved.txt"))
	if got := h.OnDisk("/files/moved.txt"); string(got) != "edited" {
		t.Errorf("on disk %q", got)
	}
	g.Must("", "remove", at("up/empty"))
	g.Must("", "mount", "-u", root)
	if got := strings.Join(h.Names("/files/up"), " "); got != "large.bin ü ß# 100%.bin" {
		t.Errorf("on disk: %s", got)
	}
}
