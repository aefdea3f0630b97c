//go:build linux

package desktoptest

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"

// What the page in the window does, done in the real window by somebody who does not see it: everything is
// heard and pressed as by a screen reader, and what comes of it is asked of the house and of its visitors.
func TestPage(t *testing.T) {
	program(t)
	d := newDesk(t)
	d.screen()
	d.session()
	d.hearing()
	d.write("data/desktop.json", `{"onClose":"tray","notify":"none"}`)
	p := d.launch()
	d.windowed(true)

	step := func(name string, do func(t *testing.T)) {
		t.Helper()
		if !t.Run(name, func(t *testing.T) { d.t, p.t = t, t; defer func() { d.t, p.t = t, t }(); do(t) }) {
			t.FailNow()
		}
		d.t = t
	}
	var inbox share
	step("a folder to receive in is chosen in the system's dialog", func(t *testing.T) {
		d.write("Lab inbox/theirs.txt", "theirs")
		d.press("Receive files")
		d.picked("Receive files in this folder", "Lab inbox")
		d.hear("Receiving in “Lab inbox”")
		d.press("Share on this network")
		d.hear("Waiting for the first visitor…")
		inbox = d.shared("Lab inbox", "open")
	})
	step("the dialog tells that a phone came", func(t *testing.T) {
		answer, err := d.iphone(http.MethodGet, inbox.local()+"/", nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		d.hear("Opened on this computer")
		d.press("Done")
	})
	step("what the phone sends is told, and stopped", func(t *testing.T) {
		film, camera := io.Pipe()
		over := make(chan struct{})
		go func() {
			defer close(over)
			body := io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), film)
			if answer, err := d.iphone(http.MethodPut, inbox.local()+"/film.mov", body, 90<<20); err == nil {
				answer.Body.Close()
			}
			film.Close()
		}()
		d.hear("iPhone · Safari sends to")
		d.press("Stop iPhone · Safari")
		d.until("the end of what was sent", func() bool {
			camera.Write(make([]byte, 1<<10))
			select {
			case <-over:
				return true
			default:
				return false
			}
		})
		d.hear("iPhone · Safari sent to")
		if _, err := os.Stat(filepath.Join(d.home, "Lab inbox/film.mov")); err == nil {
			t.Error("what was stopped half-way stands there as if it were whole")
		}
	})
	step("the web is closed and opened again", func(t *testing.T) {
		d.press("Services")
		d.press("Web on or off")
		d.press("Turn off the web")
		d.serving(inbox, 0)
		d.hear("Nobody can come in here.")
		d.press("Web on or off")
		d.hear("http://127.0.0.1:")
		d.serving(d.shared("Lab inbox", "open"), http.StatusOK)
	})
	step("settings act at once", func(t *testing.T) {
		d.press("Settings")
		entries := func() int {
			found, _ := filepath.Glob(filepath.Join(d.home, ".config/autostart/*.desktop"))
			return len(found)
		}
		d.press("Start with this computer")
		d.until("a program that starts with this computer", func() bool { return entries() == 1 })
		d.press("Start with this computer")
		d.until("a program that does not start by itself any more", func() bool { return entries() == 0 })
		d.fill("Name of this computer", "Studio laptop")
		d.press("Save Name of this computer")
		d.hear("Studio laptop – Portico")
	})
	step("who was here is told, and forgotten", func(t *testing.T) {
		d.press("Your shares")
		d.press("People")
		d.press("Forget iPhone · Safari")
		d.until("a house that does not know the phone any more", func() bool {
			var all struct{ People []struct{ Name string } }
			err := d.ask("GET", "/-/api/people", nil, &all)
			return err == nil && !slices.ContainsFunc(all.People, func(p struct{ Name string }) bool { return p.Name == "iPhone · Safari" })
		})
	})
}

// picked chooses a folder in the system's dialog of that title, by the keyboard.
func (d *desk) picked(title, folder string) {
	d.t.Helper()
	there := func() bool { return strings.Contains(d.out("wmctrl", "-l"), title) }
	d.until("a dialog", there)
	d.out("xdotool", "search", "--sync", "--onlyvisible", "--name", "^"+title+"$", "windowactivate", "--sync")
	d.out("xdotool", "type", "--delay", "20", filepath.Join(d.home, folder))
	// The first key may only choose what is proposed. What comes after the dialog shall get none.
	for range 3 {
		d.out("xdotool", "key", "Return")
		for end := time.Now().Add(3 * time.Second); there() && time.Now().Before(end); {
			time.Sleep(30 * time.Millisecond)
		}
		if !there() {
			return
		}
	}
	d.t.Fatalf("the dialog “%s” stays", title)
}

// iphone asks for something as an iPhone does, with a body of so many bytes.
func (d *desk) iphone(method, url string, body io.Reader, size int64) (*http.Response, error) {
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		return nil, err
	}
	r.ContentLength = size
	r.Header.Set("User-Agent", iphone)
	return http.DefaultClient.Do(r)
}
