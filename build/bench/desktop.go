package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// desktop measures the desktop program on a screen that nobody sees: how soon tray and window are
// there, what it costs while nothing happens, and how soon somebody has a file.
func (b *Bench) desktop(ctx context.Context) ([]Row, error) {
	if b.Desktop == "" {
		return nil, errors.New("the desktop program was not built, or there is no screen to run it on")
	}
	d, err := b.desk(ctx)
	if err != nil {
		return nil, err
	}
	defer d.end()
	if _, err := d.open(ctx); err != nil { // what the disk has to read once
		return nil, err
	}
	var trays, windows, files []float64
	for range 5 {
		o, err := d.open(ctx)
		if err != nil {
			return nil, err
		}
		trays, windows = append(trays, o.tray), append(windows, o.painted)
		f, err := d.fetch(ctx)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	tray, window, file := median(trays), median(windows), median(files)
	rows := []Row{
		{Load: "desktop: launch to tray", Value: tray, Unit: "ms", Goal: "≤ 1000 ms", Met: tray <= 1000},
		{Load: "desktop: launch to painted window", Value: window, Unit: "ms", Goal: "≤ 1500 ms", Met: window <= 1500},
		{Load: "desktop: launch, share, QR read, file there", Value: file, Unit: "ms", Goal: "≤ 3000 ms", Met: file <= 3000},
	}
	for _, closed := range []bool{false, true} {
		more, err := d.idle(ctx, closed)
		if err != nil {
			return rows, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// desk is a screen, a bus and a home.
type desk struct {
	bench  *Bench
	home   string
	env    []string
	frame  string // the screen's memory, as a file
	others []*exec.Cmd
}

func (b *Bench) desk(ctx context.Context) (*desk, error) {
	home, err := os.MkdirTemp("/tmp", "portico-bench-")
	if err != nil {
		return nil, err
	}
	d := &desk{bench: b, home: home, frame: filepath.Join(home, "Xvfb_screen0")}
	address := "unix:path=" + filepath.Join(home, "bus")
	d.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + home, "PORTICO_DATA=" + filepath.Join(home, "data"),
		"DBUS_SESSION_BUS_ADDRESS=" + address, "GDK_BACKEND=x11", "LIBGL_ALWAYS_SOFTWARE=1", "NO_AT_BRIDGE=1", "LANG=C.UTF-8"}
	if err := content(filepath.Join(home, "Photos", "a.bin"), 1<<20); err != nil {
		return nil, errors.Join(err, d.end())
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, d.end())
	}
	screen := d.command(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-fbdir", home)
	screen.ExtraFiles = []*os.File{w}
	err = d.start(screen)
	w.Close()
	number := make([]byte, 16)
	n, e := r.Read(number)
	if err = errors.Join(err, e); err != nil {
		return nil, errors.Join(err, d.end())
	}
	d.env = append(d.env, "DISPLAY=:"+strings.TrimSpace(string(number[:n])))
	err = errors.Join(d.start(d.command(ctx, "dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address)),
		d.start(d.command(ctx, "xfwm4", "--compositor=off")))
	if err == nil {
		err = until(ctx, func() bool { return strings.Contains(d.names(ctx), "org.freedesktop.DBus") })
	}
	if err != nil {
		return nil, errors.Join(err, d.end())
	}
	return d, nil
}

func (d *desk) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = d.env, d.home
	return cmd
}

func (d *desk) start(cmd *exec.Cmd) error {
	err := cmd.Start()
	if err == nil {
		d.others = append(d.others, cmd)
	}
	return err
}

// end ends what was started, also by the bus.
func (d *desk) end() error {
	for i := len(d.others) - 1; i >= 0; i-- {
		d.others[i].Process.Kill()
		d.others[i].Wait()
	}
	all, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, at := range all {
		text, err := os.ReadFile(at)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(at)))
		if err == nil && pid != os.Getpid() && bytes.Contains(text, []byte("HOME="+d.home+"\x00")) {
			if left, err := os.FindProcess(pid); err == nil {
				left.Kill()
			}
		}
	}
	return os.RemoveAll(d.home)
}

// names are those that programs have on the bus.
func (d *desk) names(ctx context.Context) string {
	out, _ := d.command(ctx, "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames").Output()
	return string(out)
}

// painted reports whether the page has been drawn: its button is in the sign's own blue.
func (d *desk) painted() bool {
	screen, err := os.ReadFile(d.frame)
	return err == nil && bytes.Count(screen, []byte{0x8C, 0x5E, 0x1B}) > 2000
}

// run starts the program with an empty data folder.
func (d *desk) run(ctx context.Context, args ...string) (*process, time.Time, error) {
	data := filepath.Join(d.home, "data")
	if err := errors.Join(os.RemoveAll(data), os.Mkdir(data, 0o700),
		os.WriteFile(filepath.Join(data, "config.toml"), []byte("[http]\naddr = \"127.0.0.1:0\"\n"), 0o600),
		os.WriteFile(filepath.Join(data, "desktop.json"), []byte(`{"onClose":"tray"}`), 0o600)); err != nil {
		return nil, time.Time{}, err
	}
	p := &process{cmd: d.command(ctx, d.bench.Desktop, args...)}
	started := time.Now()
	return p, started, p.cmd.Start()
}

// opened is how long it took, in milliseconds.
type opened struct{ tray, painted float64 }

func (d *desk) open(ctx context.Context) (o opened, err error) {
	p, started, err := d.run(ctx)
	if err != nil {
		return o, err
	}
	defer p.stop()
	err = until(ctx, func() bool {
		if o.tray == 0 && strings.Contains(d.names(ctx), "org.kde.StatusNotifierItem") {
			o.tray = since(started)
		}
		if o.painted == 0 && d.painted() {
			o.painted = since(started)
		}
		return o.tray > 0 && o.painted > 0
	})
	return o, err
}

func since(t time.Time) float64 { return float64(time.Since(t).Microseconds()) / 1000 }

// fetch is the way of a file: the program is started with a folder, the link's picture is read as a
// phone would, and what it says is opened.
func (d *desk) fetch(ctx context.Context) (millis float64, err error) {
	p, started, err := d.run(ctx, filepath.Join(d.home, "Photos"))
	if err != nil {
		return 0, err
	}
	defer p.stop()
	var link string
	if err := until(ctx, func() bool { link = d.link(ctx); return link != "" }); err != nil {
		return 0, err
	}
	picture, err := d.ask(ctx, "/-/qr?f=png&u="+url.QueryEscape(link))
	if err != nil {
		return 0, err
	}
	scan := d.command(ctx, "zbarimg", "-q", "--raw", "-")
	scan.Stdin = bytes.NewReader(picture)
	read, err := scan.Output()
	if err != nil {
		return 0, fmt.Errorf("the QR code cannot be read: %w", err)
	}
	said := strings.TrimSpace(string(read))
	if !strings.EqualFold(said, link) {
		return 0, fmt.Errorf("the QR code says %s, not %s", said, link)
	}
	answer, err := http.Get(strings.TrimSuffix(said, "/") + "/a.bin")
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || n != 1<<20) {
		err = fmt.Errorf("%s, %d bytes", answer.Status, n)
	}
	return since(started), err
}

// link is the first link that the running program has; "" while there is none.
func (d *desk) link(ctx context.Context) string {
	text, err := d.ask(ctx, "/-/api/shares")
	var list struct{ Shares []struct{ Links []string } }
	if err != nil || json.Unmarshal(text, &list) != nil || len(list.Shares) == 0 || len(list.Shares[0].Links) == 0 {
		return ""
	}
	return list.Shares[0].Links[0]
}

// ask asks the program over its control socket.
func (d *desk) ask(ctx context.Context, path string) ([]byte, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(d.home, "data", "control.sock"))
	}}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://portico"+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// until waits for a condition, for at most a minute.
func until(ctx context.Context, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}
