package protocoltest

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// GNOME is a desktop of GNOME's without a screen: its own virtual file system, which its programs go
// through.
type GNOME struct {
	Home string // empty at first

	t   *testing.T
	bus string
}

// NewGNOME starts the bus on which gvfs is started when it is needed; it goes with the bus.
func NewGNOME(t *testing.T) *GNOME {
	t.Helper()
	g := &GNOME{t: t, Home: t.TempDir()}
	if err := os.Chmod(g.Home, 0o700); err != nil {
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
func (g *GNOME) env() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + g.Home, "XDG_RUNTIME_DIR=" + g.Home, "LC_ALL=C.UTF-8", "GVFS_DISABLE_FUSE=1",
		"GIO_USE_VOLUME_MONITOR=unix", "DBUS_SESSION_BUS_ADDRESS=" + g.bus}
}

// Run runs gio with something on its standard input.
func (g *GNOME) Run(in string, args ...string) (string, error) {
	cmd := exec.CommandContext(g.t.Context(), "gio", args...)
	cmd.Env, cmd.Stdin = g.env(), strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Must is Run where gio has to succeed.
func (g *GNOME) Must(in string, args ...string) string {
	g.t.Helper()
	out, err := g.Run(in, args...)
	if err != nil {
		g.t.Fatalf("gio %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}
