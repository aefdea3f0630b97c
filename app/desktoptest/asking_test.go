//go:build linux

package desktoptest

import (
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"testing"
)

// phone opens links as a browser of its own that keeps its cookies.
func (d *desk) phone() (open func(link string) int) {
	d.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	return func(link string) int {
		r, err := http.NewRequest("GET", link, nil)
		if err != nil {
			d.t.Fatal(err)
		}
		r.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36")
		answer, err := client.Do(r)
		if err != nil {
			d.t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
}

// Somebody wants in while the window is away: one notice asks, its buttons answer, and it goes when nobody
// waits any more.
func TestLettingInByNotice(t *testing.T) {
	program(t)
	d := newDesk(t)
	d.screen()
	d.session()
	shown := d.notified(t)
	p := d.launch("--hidden")
	d.write("Asked/a.txt", "a")
	if err := d.ask("POST", "/-/console/share.folder", map[string]any{"folder": filepath.Join(d.home, "Asked"), "preset": "view", "ask": true}, nil); err != nil {
		t.Fatal(err)
	}
	link := d.shared("Asked", "open").local() + "/"
	first, second, third := d.phone(), d.phone(), d.phone()
	if code := first(link); code != 403 {
		t.Fatal(code)
	}
	const asks = "Pixel 8 · Chrome asks to be let into “Asked”"
	d.until("a notice that asks", func() bool { return shown.has(asks) })
	shown.choose(t, asks, "allow")
	d.until("that it is let in", func() bool { return first(link) == 200 })
	d.until("that the notice is gone", func() bool { return shown.gone(asks) })

	second(link)
	third(link)
	d.until("one notice of both", func() bool { return shown.has("2 devices ask to be let in") })
	if n := shown.open(); n != 1 {
		t.Errorf("%d notices are open", n)
	}
	var list struct{ Asking []struct{ ID string } }
	if err := d.ask("GET", "/-/api/asking", nil, &list); err != nil || len(list.Asking) != 2 {
		t.Fatal(list, err)
	}
	if err := d.ask("POST", "/-/api/asking/"+list.Asking[0].ID, map[string]any{"allow": false}, nil); err != nil {
		t.Fatal(err)
	}
	d.until("a notice of the other one", func() bool { return shown.last(asks) })
	shown.choose(t, asks, "no")
	d.until("that nobody waits", func() bool {
		return d.ask("GET", "/-/api/asking", nil, &list) == nil && len(list.Asking) == 0
	})
	if a, b := second(link), third(link); a != 403 || b != 403 {
		t.Error(a, b)
	}
	p.cmd.Process.Kill()
	<-p.done
}
