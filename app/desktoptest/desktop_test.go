//go:build linux

package desktoptest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"portico/backend/server/control"
)

// title of the window, as window managers list it.
var listed = regexp.MustCompile(`(?m)^(0x\w+)\s+\S+\s+(-?\d+)\s+(-?\d+)\s+(\d+)\s+(\d+)\s+\S+ Portico$`)

// place is where the window is: x, y, width, height; false while it is not there.
func (d *desk) window() (place [4]int, ok bool) {
	m := listed.FindStringSubmatch(d.out("wmctrl", "-lG"))
	if m == nil {
		return place, false
	}
	for i := range place {
		place[i], _ = strconv.Atoi(m[i+2])
	}
	return place, true
}

func (d *desk) windowed(there bool) {
	d.t.Helper()
	what := "a window"
	if !there {
		what = "no window any more"
	}
	d.until(what, func() bool { _, ok := d.window(); return ok == there })
}

// serving makes sure that a link opens.
func (d *desk) serving(s share, want int) {
	d.t.Helper()
	d.until("an answer "+strconv.Itoa(want)+" to the link", func() bool {
		answer, err := http.Get(s.local() + "/")
		if err != nil {
			return want == 0
		}
		answer.Body.Close()
		return answer.StatusCode == want
	})
}

// One person's day: everything in one session, as it comes.
func TestDesktop(t *testing.T) {
	program(t)
	d := newDesk(t)
	d.screen()
	d.session()
	d.panel()
	shown := d.notified(t)
	d.write("data/desktop.json", `{"onClose":"tray","notify":"all","place":{"x":140,"y":120,"width":820,"height":560}}`)
	p := d.launch()

	step := func(name string, do func(t *testing.T)) {
		t.Helper()
		if !t.Run(name, func(t *testing.T) { d.t, p.t = t, t; defer func() { d.t, p.t = t, t }(); do(t) }) {
			t.FailNow()
		}
		d.t = t
	}
	step("window where it was", func(t *testing.T) {
		d.windowed(true)
		d.until("the window at its place", func() bool {
			at, ok := d.window()
			return ok && at[2] == 820 && at[3] == 560 && at[0] >= 130 && at[0] <= 160
		})
		if got := d.line("Quit"); got.text != "Quit" {
			t.Error(got)
		}
		d.until("a tray that says that nothing is shared", func() bool { return d.tooltip() == "Nothing is shared" })
	})
	step("folder dropped", func(t *testing.T) {
		d.write("Holiday photos/beach.txt", "beach")
		d.drag(func() {}, filepath.Join(d.home, "Holiday photos"))
		s := d.shared("Holiday photos", "open")
		d.serving(s, http.StatusOK)
		d.until("a tray that says that it is shared", func() bool { return d.tooltip() == "Sharing 1 item" })
	})
	step("second launch", func(t *testing.T) {
		at := d.write("Lab ünï inbox/a.txt", "a")
		cmd := d.command(program(t), filepath.Dir(at))
		out, err := cmd.Output()
		if err != nil || !strings.Contains(string(out), "/s/") {
			t.Fatalf("%v: %s", err, out)
		}
		d.shared("Lab ünï inbox", "open")
		if n := len(d.processes("portico-desktop")); n != 1 {
			t.Errorf("%d processes run", n)
		}
	})
	step("second launch with what is gone", func(t *testing.T) {
		cmd := d.command(program(t), filepath.Join(d.home, "Lab ünï inbox"), filepath.Join(d.home, "gone/away"))
		var said bytes.Buffer
		cmd.Stderr = &said
		if err := cmd.Run(); err == nil || !strings.Contains(said.String(), "gone/away is not shared") {
			t.Errorf("%v: %s", err, said.String())
		}
	})
	step("tray: pause, resume, stop", func(t *testing.T) {
		s := d.shared("Holiday photos", "open")
		d.click("Holiday photos/Pause")
		d.shared("Holiday photos", "paused")
		d.serving(s, http.StatusNotFound)
		d.click("Holiday photos (paused)/Resume")
		d.shared("Holiday photos", "open")
		d.serving(s, http.StatusOK)
		d.click("Holiday photos/Stop sharing")
		d.serving(s, http.StatusNotFound)
	})
	step("tray: the web door closes and opens", func(t *testing.T) {
		s := d.shared("Lab ünï inbox", "open")
		if !d.line("Services/Web").on {
			t.Error("the web door has no check mark")
		}
		d.click("Services/Web")
		d.serving(s, 0)
		d.until("a mark that is gone", func() bool { return !d.line("Services/Web").on })
		if err := d.ask("GET", "/-/health", nil, nil); err != nil {
			t.Error("the owner's way in closed, too: ", err)
		}
		d.click("Services/Web")
		d.until("a mark that is back", func() bool { return d.line("Services/Web").on })
		d.serving(d.shared("Lab ünï inbox", "open"), http.StatusOK)
	})
	step("folder dialog", func(t *testing.T) {
		d.write("Picked here/p.txt", "p")
		d.click("Share a folder…")
		d.until("a dialog", func() bool { return strings.Contains(d.out("wmctrl", "-l"), "Share a folder") })
		d.out("xdotool", "search", "--sync", "--onlyvisible", "--name", "^Share a folder$", "windowactivate", "--sync")
		d.out("xdotool", "type", "--delay", "20", filepath.Join(d.home, "Picked here"))
		d.until("the dialog's answer", func() bool {
			d.out("xdotool", "key", "Return")
			return !strings.Contains(d.out("wmctrl", "-l"), "Share a folder")
		})
		d.shared("Picked here", "open")
	})
	step("what the page asks of the desktop", func(t *testing.T) { d.asks(t) })
	step("ten thousand files dropped, one of them gone, one with two lines", func(t *testing.T) {
		var names []string
		for i := range 10_000 {
			names = append(names, d.write(fmt.Sprintf("Many/%05d.txt", i), "x"))
		}
		names = append(names, d.write("Many/two\nlines.txt", "x"), d.write("Many/gone.txt", "x"))
		d.drag(func() {
			if err := os.Remove(names[len(names)-1]); err != nil {
				t.Fatal(err)
			}
		}, names...)
		var found share
		d.until("a share of all of them", func() bool {
			for _, s := range d.shares() {
				if len(s.Items) >= 10_001 {
					found = s
				}
			}
			return found.ID != ""
		})
		if len(found.Items) != 10_001 || !slices.Contains(found.Items, "two\nlines.txt") {
			t.Errorf("%d names", len(found.Items))
		}
		d.until("a notice of the one that is gone", func() bool { return shown.has("“gone.txt” is not shared") })
	})
	before, _ := d.window()
	step("closing hides", func(t *testing.T) {
		d.out("wmctrl", "-c", "Portico")
		d.windowed(false)
		d.serving(d.shared("Picked here", "open"), http.StatusOK)
	})
	step("the tray goes while the window hides behind it", func(t *testing.T) {
		for _, pid := range d.processes("xfce4-panel") {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		d.windowed(true) // in the list of windows, for there is nothing else to click on
		d.panel()
		d.until("an icon again", func() bool { return d.tooltip() != "" })
	})
	step("notice of what arrives", func(t *testing.T) {
		d.write("Inbox/theirs.txt", "theirs")
		in := map[string]string{"folder": filepath.Join(d.home, "Inbox"), "preset": "add"}
		if err := d.ask("POST", "/-/console/share.folder", in, nil); err != nil {
			t.Fatal(err)
		}
		d.put(d.shared("Inbox", "open").local()+"/new.txt", "new")
		d.until("a notice", func() bool { return shown.has("new.txt") })
		d.until("a tray that counts it", func() bool { return strings.HasSuffix(d.tooltip(), " · 1 new file") })
	})
	step("what arrived is taken back by its notice", func(t *testing.T) {
		d.until("a notice that offers it", func() bool { return shown.press("undo") })
		d.until("nothing of it", func() bool {
			_, err := os.Stat(filepath.Join(d.home, "Inbox/new.txt"))
			return errors.Is(err, fs.ErrNotExist)
		})
		d.until("a notice of that", func() bool { return shown.has("1 file taken back") })
		if _, err := os.Stat(filepath.Join(d.home, "Inbox/theirs.txt")); err != nil {
			t.Error(err)
		}
	})
	step("the tray brings the window back", func(t *testing.T) {
		d.click("Open Portico")
		d.windowed(true)
		d.until("the window where it was", func() bool { at, ok := d.window(); return ok && at == before })
		d.until("a tray that counts no more", func() bool { return !strings.Contains(d.tooltip(), "new file") })
	})
	step("the page's process dies", func(t *testing.T) {
		before := d.processes("WebKitWeb")
		if len(before) == 0 {
			t.Fatal("no process draws the page")
		}
		for _, pid := range before {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		d.until("another process that draws the page", func() bool {
			now := d.processes("WebKitWeb")
			return len(now) > 0 && now[0] != before[0]
		})
		d.serving(d.shared("Inbox", "open"), http.StatusOK)
	})
	step("quit lets a download end", func(t *testing.T) {
		big := bytes.Repeat([]byte("0123456789abcdef"), 2<<20)
		d.write("Big/big.bin", string(big))
		var made struct{ URL string }
		if err := d.ask("POST", "/-/console/share.folder", map[string]string{"folder": filepath.Join(d.home, "Big"), "preset": "view"}, &made); err != nil {
			t.Fatal(err)
		}
		answer, err := http.Get(d.shared("Big", "open").local() + "/big.bin")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		first := make([]byte, 64<<10)
		if _, err := io.ReadFull(answer.Body, first); err != nil {
			t.Fatal(err)
		}
		link, told := d.shared("Big", "open"), d.told("finishing")
		d.click("Quit")
		d.serving(link, 0)
		<-told
		d.windowed(true) // it says what is waited for
		rest, err := io.ReadAll(answer.Body)
		if err != nil || !bytes.Equal(append(first, rest...), big) {
			t.Errorf("%d of %d bytes came: %v", len(first)+len(rest), len(big), err)
		}
		p.ended(0)
		if _, err := os.Stat(filepath.Join(d.home, "data", "desktop.running")); err == nil {
			t.Error("the next start would take this for a crash")
		}
	})
	step("killed: the next start says what goes on", func(t *testing.T) {
		p := d.launch("--hidden")
		d.shared("Big", "open")
		p.cmd.Process.Kill()
		<-p.done
		p = d.launch("--hidden")
		d.until("a notice of it", func() bool { return shown.has("ended unexpectedly") })
		d.windowed(false)
		d.serving(d.shared("Big", "open"), http.StatusOK)
		if out, err := d.command(program(t)).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		d.windowed(true)
		// The screen goes: what is shared stays.
		d.xvfb.Process.Kill()
		d.until("no screen any more", func() bool { return d.command("xdpyinfo").Run() != nil })
		d.serving(d.shared("Big", "open"), http.StatusOK)
		p.cmd.Process.Signal(syscall.SIGTERM)
		p.ended(0)
	})
}

// told is closed when the page in the window is told of this.
func (d *desk) told(what string) <-chan struct{} {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://portico/-/events", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	answer, err := control.Client(filepath.Join(d.home, "data")).Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	out := make(chan struct{})
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() && lines.Text() != "event: hello" { // from here on nothing is missed
	}
	go func() {
		defer answer.Body.Close()
		for lines.Scan() {
			if strings.Contains(lines.Text(), `"what":"`+what+`"`) {
				close(out)
				return
			}
		}
	}()
	return out
}

// put sends a file as a script would.
func (d *desk) put(url, text string) {
	d.t.Helper()
	r, err := http.NewRequest(http.MethodPut, url, strings.NewReader(text))
	if err != nil {
		d.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		d.t.Fatal(answer.Status)
	}
}

// drag drops files in the middle of the window, with the mouse. What happens before the mouse lets go
// is done by meanwhile.
func (d *desk) drag(meanwhile func(), names ...string) {
	d.t.Helper()
	list := d.write("dragged", strings.Join(names, "\x00"))
	script, err := filepath.Abs("testdata/drag.py")
	if err != nil {
		d.t.Fatal(err)
	}
	cmd := d.command("/usr/bin/python3", script, list)
	said, err := cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	up := make([]byte, 3)
	if _, err := io.ReadFull(said, up); err != nil {
		d.t.Fatal("the source of the drag does not come up: ", err)
	}
	source := regexp.MustCompile(`(?m)^0x\w+\s+\S+\s+(-?\d+)\s+(-?\d+)\s+(\d+)\s+(\d+)\s+\S+ dragsource$`)
	var from [4]int
	d.until("the source of the drag", func() bool {
		m := source.FindStringSubmatch(d.out("wmctrl", "-lG"))
		for i := range from {
			if m != nil {
				from[i], _ = strconv.Atoi(m[i+1])
			}
		}
		return m != nil
	})
	to, _ := d.window()
	x0, y0 := from[0]+from[2]/2, from[1]+from[3]/2
	x1, y1 := to[0]+to[2]/2, to[1]+to[3]/2
	mouse := []string{"mousemove", strconv.Itoa(x0), strconv.Itoa(y0), "sleep", "0.2", "mousedown", "1", "sleep", "0.2"}
	for i := 1; i <= 10; i++ { // a drag is a way, not a jump
		mouse = append(mouse, "mousemove", strconv.Itoa(x0+(x1-x0)*i/10), strconv.Itoa(y0+(y1-y0)*i/10), "sleep", "0.05")
	}
	d.out("xdotool", append(mouse, "mousemove", strconv.Itoa(x1+3), strconv.Itoa(y1+3), "sleep", "0.5")...)
	meanwhile()
	d.out("xdotool", "mouseup", "1")
	end := make([]byte, 4)
	over := make(chan error, 1)
	go func() { _, err := io.ReadFull(said, end); over <- err }()
	select {
	case <-over:
	case <-time.After(patience):
		d.t.Fatal("the drag does not end")
	}
}
