//go:build linux

package desktoptest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"portico/backend/server/control"
)

// patience is how long anything may take; machines that build are busy.
const patience = 60 * time.Second

// desk is a session of somebody: a home, and perhaps a screen, a bus, a panel.
type desk struct {
	t     *testing.T
	home  string
	env   []string
	shown string // display
	bus   *dbus.Conn
	ears  *dbus.Conn // what screen readers hear by
	xvfb  *exec.Cmd
}

// program is the desktop program that is tested.
func program(t *testing.T) string {
	t.Helper()
	bin := os.Getenv("PORTICO_DESKTOP")
	if bin == "" {
		t.Skip("it is run by the group desktop of go run ./build test")
	}
	for _, name := range []string{"Xvfb", "dbus-daemon", "xfwm4", "openbox", "xrandr", "xfce4-panel", "xdotool", "wmctrl", "python3"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(name + " is not installed")
		}
	}
	return bin
}

// newDesk makes a home, and ends at the end whatever was started in it, also by the bus.
func newDesk(t *testing.T) *desk {
	t.Helper()
	home, err := os.MkdirTemp("/tmp", "portico-desk-")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, home: home}
	for _, dir := range []string{"run", "data", ".config", "Downloads"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.write("data/config.toml", "[http]\naddr = \"127.0.0.1:0\"\n")
	d.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + filepath.Join(home, "run"),
		"XDG_CONFIG_HOME=" + filepath.Join(home, ".config"), "PORTICO_DATA=" + filepath.Join(home, "data"),
		"GDK_BACKEND=x11", "GVFS_DISABLE_FUSE=1", "LIBGL_ALWAYS_SOFTWARE=1", "NO_AT_BRIDGE=1", "LANG=C.UTF-8"}
	t.Cleanup(func() {
		d.sweep()
		os.RemoveAll(home)
	})
	return d
}

func (d *desk) write(name, text string) string {
	d.t.Helper()
	at := filepath.Join(d.home, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
		d.t.Fatal(err)
	}
	return at
}

// processes are those that live in this home, by what they are called.
func (d *desk) processes(name string) (pids []int) {
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, at := range all {
		environ, err := os.ReadFile(filepath.Join(at, "environ"))
		comm, _ := os.ReadFile(filepath.Join(at, "comm"))
		pid, _ := strconv.Atoi(filepath.Base(at))
		if err == nil && pid != os.Getpid() && bytes.Contains(environ, []byte("HOME="+d.home+"\x00")) &&
			(name == "" || strings.HasPrefix(strings.TrimSpace(string(comm)), name)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// sweep ends what is left of the session.
func (d *desk) sweep() {
	for range 3 {
		for _, pid := range d.processes("") {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// start starts a program of the session in the background.
func (d *desk) start(name string, args ...string) *exec.Cmd {
	d.t.Helper()
	cmd := d.command(name, args...)
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go cmd.Wait()
	return cmd
}

func (d *desk) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Dir = d.env, d.home
	return cmd
}

// out is what a program of the session says.
func (d *desk) out(name string, args ...string) string {
	text, _ := d.command(name, args...).Output()
	return string(text)
}

// screen gives the session a display with a window manager.
func (d *desk) screen() {
	d.t.Helper()
	d.display("1280x900x24")
	d.start("xfwm4", "--compositor=off")
}

// screens gives the session three screens side by side, and a window manager that knows of all of them.
func (d *desk) screens() {
	d.t.Helper()
	d.display("3840x900x24", "-noreset")
	for i, output := range []string{"screen", "none", "none"} {
		d.out("xrandr", "--setmonitor", "screen"+strconv.Itoa(i), fmt.Sprintf("1280/340x900/240+%d+0", i*1280), output)
	}
	if got := d.out("xrandr", "--listmonitors"); !strings.Contains(got, "Monitors: 3") {
		d.t.Fatal("there are not three screens: ", got)
	}
	d.start("openbox")
}

// display starts a display of that size.
func (d *desk) display(size string, options ...string) {
	d.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	d.xvfb = d.command("Xvfb", append([]string{"-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp"}, options...)...)
	d.xvfb.ExtraFiles = []*os.File{w}
	if err := d.xvfb.Start(); err != nil {
		d.t.Fatal(err)
	}
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		d.t.Fatal("no display: ", err)
	}
	d.shown = ":" + strings.TrimSpace(line)
	d.env = append(d.env, "DISPLAY="+d.shown)
	go d.xvfb.Wait()
}

// session gives the session a message bus.
func (d *desk) session() {
	d.t.Helper()
	address := "unix:path=" + filepath.Join(d.home, "run", "session")
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	d.start("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address)
	d.until("a bus", func() bool {
		c, err := dbus.Connect(address)
		d.bus = c
		return err == nil
	})
	d.t.Cleanup(func() { d.bus.Close() })
}

// panel gives the session a place for tray icons.
func (d *desk) panel() {
	d.t.Helper()
	d.start("xfce4-panel", "--disable-wm-check")
	d.until("a panel that shows icons", func() bool {
		v, err := d.bus.Object(watcher, "/StatusNotifierWatcher").GetProperty(watcher + ".IsStatusNotifierHostRegistered")
		hosted, _ := v.Value().(bool)
		return err == nil && hosted
	})
}

// until waits for a condition.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("there is still not %s", what)
		}
	}
}

// portico is the program as it runs.
type portico struct {
	*desk
	cmd  *exec.Cmd
	done chan struct{}
	code int
}

// launch starts the program and waits until it answers.
func (d *desk) launch(args ...string) *portico {
	d.t.Helper()
	p := &portico{desk: d, cmd: d.command(program(d.t), args...), done: make(chan struct{})}
	var said bytes.Buffer
	p.cmd.Stderr = &said
	if err := p.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		p.cmd.Wait()
		p.code = p.cmd.ProcessState.ExitCode()
	}()
	d.t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.done
		if d.t.Failed() {
			d.t.Logf("it said:\n%s", said.String())
		}
	})
	d.until("a Portico that answers", func() bool {
		select {
		case <-p.done:
			d.t.Fatalf("it ended with %d:\n%s", p.code, said.String())
		default:
		}
		return p.ask("GET", "/-/health", nil, nil) == nil
	})
	return p
}

// ask asks the owner's API over the control socket.
func (d *desk) ask(method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://portico"+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := control.Client(filepath.Join(d.home, "data")).Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(text, out)
}

// share is a link as the API tells of it.
type share struct {
	ID, Title, State string
	Links, Items     []string
}

func (d *desk) shares() []share {
	d.t.Helper()
	var list struct{ Shares []share }
	if err := d.ask("GET", "/-/api/shares", nil, &list); err != nil {
		d.t.Fatal(err)
	}
	return list.Shares
}

// shared waits for a share of that title and state, and returns it.
func (d *desk) shared(title, state string) (found share) {
	d.t.Helper()
	d.until("a share “"+title+"” that is "+state, func() bool {
		for _, s := range d.shares() {
			if s.Title == title && s.State == state {
				found = s
				return true
			}
		}
		return false
	})
	return found
}

// local is the link of a share as this computer opens it.
func (s share) local() string {
	for _, l := range s.Links {
		if strings.HasPrefix(l, "http://127.0.0.1") {
			return l
		}
	}
	return s.Links[0]
}

// ended waits for the program to end by itself.
func (p *portico) ended(code int) {
	p.t.Helper()
	select {
	case <-p.done:
		if p.code != code {
			p.t.Errorf("it ended with %d, want %d", p.code, code)
		}
	case <-time.After(patience):
		p.t.Fatal("it does not end")
	}
}
