package webdav_test

import (
	"net/url"
	"os"
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
	g.Must(protocoltest.Password("alice")+"\n", "mount", g.root)
	src := someTree(t)
	g.up(src, "up")
	g.down("up", filepath.Join(g.Home, "back"))
	sameTree(t, src, filepath.Join(g.Home, "back"))
	sameTree(t, src, h.Path("/files/up"))

	if got := g.Must("", "list", g.at("up")); !strings.Contains(got, "ü ß# 100%.bin") || strings.Count(got, "\n") != 5 {
		t.Errorf("list: %q", got)
	}
	if got := g.Must("", "info", "-a", "standard::size,standard::type,standard::content-type,etag::value", g.at("up/a.txt")); !strings.Contains(got, "size: 6") || !strings.Contains(got, "text/plain") || !strings.Contains(got, "etag::value") {
		t.Errorf("info: %s", got)
	}
	if got := g.Must("", "info", "-f", g.root); !strings.Contains(got, "filesystem::free") || !strings.Contains(got, "filesystem::used") {
		t.Errorf("room: %s", got)
	}
	g.Must("", "rename", g.at("up/a.txt"), "b & c?.txt")
	h.holdsFile(t, "/files/up/b & c?.txt", "a.txt\n")
	g.Must("", "move", g.at("up/b & c?.txt"), g.at("up/d/moved.txt"))
	g.Must("", "copy", g.at("up/d/moved.txt"), g.at("copied.txt"))
	h.holdsFile(t, "/files/copied.txt", "a.txt\n")
	g.Must("edited", "save", g.at("copied.txt")) // replaced in place
	h.holdsFile(t, "/files/copied.txt", "edited")
	if got := g.Must("", "cat", g.at("copied.txt")); got != "edited" {
		t.Errorf("cat: %q", got)
	}
	if out, err := g.Run("", "mkdir", g.at("up")); err == nil {
		t.Errorf("a folder that is there was made: %s", out)
	}
	if out, err := g.Run("", "cat", g.at("none")); err == nil || !strings.Contains(out, "Not Found") && !strings.Contains(out, "No such file") && !strings.Contains(out, "not found") {
		t.Errorf("what is not there: %v %s", err, out)
	}
	// What somebody else holds is not changed.
	h.do("LOCK", "/dav/files/copied.txt", "@alice", exclusive).want(t, 200)
	if out, err := g.Run("mine", "save", g.at("copied.txt")); err == nil {
		t.Errorf("saved over a lock: %s", out)
	}
	h.holdsFile(t, "/files/copied.txt", "edited")
	g.Must("", "remove", g.at("up/d/moved.txt"))
	g.Must("", "remove", g.at("up/d/e"))
	g.Must("", "mount", "-u", g.root)
	if got := strings.Join(h.Names("/files/up"), " "); got != "d/ d/f.txt empty large.bin ü ß# 100%.bin" {
		t.Errorf("on disk: %s", got)
	}
}

// gnome is a desktop that knows a house.
type gnome struct {
	*protocoltest.GNOME
	t    *testing.T
	root string // dav://alice@127.0.0.1:PORT/dav/files
}

func desktop(t *testing.T, h *house) *gnome {
	t.Helper()
	return &gnome{protocoltest.NewGNOME(t), t, "dav://alice@" + strings.TrimPrefix(h.url, "http://") + "/dav/files"}
}

// at is the address of a name below the root.
func (g *gnome) at(name string) string {
	return g.root + (&url.URL{Path: "/" + name}).EscapedPath()
}

// up copies a tree as a file manager does, which gio leaves to its callers.
func (g *gnome) up(dir, to string) {
	g.t.Helper()
	g.Must("", "mkdir", g.at(to))
	list, err := os.ReadDir(dir)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, e := range list {
		if e.IsDir() {
			g.up(filepath.Join(dir, e.Name()), to+"/"+e.Name())
		} else {
			g.Must("", "copy", filepath.Join(dir, e.Name()), g.at(to+"/"+e.Name()))
		}
	}
}

func (g *gnome) down(from, dir string) {
	g.t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		g.t.Fatal(err)
	}
	for line := range strings.Lines(g.Must("", "list", "-l", g.at(from))) {
		name, rest, _ := strings.Cut(line, "\t")
		if at := filepath.Join(dir, name); strings.Contains(rest, "(directory)") {
			g.down(from+"/"+name, at)
		} else {
			g.Must("", "copy", g.at(from+"/"+name), at)
		}
	}
}
