package webdav_test

import (
	"bufio"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// gvfsDav is the program of GNOME's that speaks WebDAV.
const gvfsDav = "/usr/libexec/gvfsd-dav"

// TestGNOME does through GNOME's own virtual file system what its file manager does, on a bus of its own.
func TestGNOME(t *testing.T) {
	need(t, "gio")
	need(t, "dbus-daemon")
	need(t, gvfsDav)
	h := newHouse(t)
	g := desktop(t, h)
	g.must(protocoltest.Password("alice")+"\n", "mount", g.root)
	src := someTree(t)
	g.up(src, "up")
	g.down("up", filepath.Join(g.home, "back"))
	sameTree(t, src, filepath.Join(g.home, "back"))
	sameTree(t, src, h.Path("/files/up"))

	if got := g.must("", "list", g.at("up")); !strings.Contains(got, "ü ß# 100%.bin") || strings.Count(got, "\n") != 5 {
		t.Errorf("list: %q", got)
	}
	if got := g.must("", "info", "-a", "standard::size,standard::type,standard::content-type,etag::value", g.at("up/a.txt")); !strings.Contains(got, "size: 6") || !strings.Contains(got, "text/plain") || !strings.Contains(got, "etag::value") {
		t.Errorf("info: %s", got)
	}
	if got := g.must("", "info", "-f", g.root); !strings.Contains(got, "filesystem::free") || !strings.Contains(got, "filesystem::used") {
		t.Errorf("room: %s", got)
	}
	g.must("", "rename", g.at("up/a.txt"), "b & c?.txt")
	h.holdsFile(t, "/files/up/b & c?.txt", "a.txt\n")
	g.must("", "move", g.at("up/b & c?.txt"), g.at("up/d/moved.txt"))
	g.must("", "copy", g.at("up/d/moved.txt"), g.at("copied.txt"))
	h.holdsFile(t, "/files/copied.txt", "a.txt\n")
	g.must("edited", "save", g.at("copied.txt")) // replaced in place
	h.holdsFile(t, "/files/copied.txt", "edited")
	if got := g.must("", "cat", g.at("copied.txt")); got != "edited" {
		t.Errorf("cat: %q", got)
	}
	if out, err := g.run("", "mkdir", g.at("up")); err == nil {
		t.Errorf("a folder that is there was made: %s", out)
	}
	if out, err := g.run("", "cat", g.at("none")); err == nil || !strings.Contains(out, "Not Found") && !strings.Contains(out, "No such file") && !strings.Contains(out, "not found") {
		t.Errorf("what is not there: %v %s", err, out)
	}
	// What somebody else holds is not changed.
	h.do("LOCK", "/dav/files/copied.txt", "@alice", exclusive).want(t, 200)
	if out, err := g.run("mine", "save", g.at("copied.txt")); err == nil {
		t.Errorf("saved over a lock: %s", out)
	}
	h.holdsFile(t, "/files/copied.txt", "edited")
	g.must("", "remove", g.at("up/d/moved.txt"))
	g.must("", "remove", g.at("up/d/e"))
	g.must("", "mount", "-u", g.root)
	if got := strings.Join(h.Names("/files/up"), " "); got != "d/ d/f.txt empty large.bin ü ß# 100%.bin" {
		t.Errorf("on disk: %s", got)
	}
}

// gnome is a desktop without a screen.
type gnome struct {
	t    *testing.T
	home string
	bus  string
	root string // dav://alice@127.0.0.1:PORT/dav/files
}

// desktop starts the bus on which gvfs is started when it is needed; it goes with the bus.
func desktop(t *testing.T, h *house) *gnome {
	t.Helper()
	g := &gnome{t: t, home: t.TempDir(), root: "dav://alice@" + strings.TrimPrefix(h.url, "http://") + "/dav/files"}
	if err := os.Chmod(g.home, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	cmd.Env = g.env()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// It has nothing to lose.
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if g.bus, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	g.bus = strings.TrimSpace(g.bus)
	return g
}

// env knows no keyring, no screen and no disks of this computer.
func (g *gnome) env() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + g.home, "XDG_RUNTIME_DIR=" + g.home, "LC_ALL=C.UTF-8", "GVFS_DISABLE_FUSE=1",
		"GIO_USE_VOLUME_MONITOR=unix", "DBUS_SESSION_BUS_ADDRESS=" + g.bus}
}

// run runs gio with something on its standard input.
func (g *gnome) run(in string, args ...string) (string, error) {
	cmd := exec.CommandContext(g.t.Context(), "gio", args...)
	cmd.Env, cmd.Stdin = g.env(), strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (g *gnome) must(in string, args ...string) string {
	g.t.Helper()
	out, err := g.run(in, args...)
	if err != nil {
		g.t.Fatalf("gio %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

// at is the address of a name below the root.
func (g *gnome) at(name string) string {
	return g.root + (&url.URL{Path: "/" + name}).EscapedPath()
}

// up copies a tree as a file manager does, which gio leaves to its callers.
func (g *gnome) up(dir, to string) {
	g.t.Helper()
	g.must("", "mkdir", g.at(to))
	list, err := os.ReadDir(dir)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, e := range list {
		if e.IsDir() {
			g.up(filepath.Join(dir, e.Name()), to+"/"+e.Name())
		} else {
			g.must("", "copy", filepath.Join(dir, e.Name()), g.at(to+"/"+e.Name()))
		}
	}
}

func (g *gnome) down(from, dir string) {
	g.t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		g.t.Fatal(err)
	}
	for line := range strings.Lines(g.must("", "list", "-l", g.at(from))) {
		name, rest, _ := strings.Cut(line, "\t")
		if at := filepath.Join(dir, name); strings.Contains(rest, "(directory)") {
			g.down(from+"/"+name, at)
		} else {
			g.must("", "copy", g.at(from+"/"+name), at)
		}
	}
}
