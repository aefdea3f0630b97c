//go:build linux

package desktoptest

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// door is a protocol as the API tells of it.
type door struct {
	Name, Address string
	Open          bool
}

func (d *desk) door(name string) (found door) {
	d.t.Helper()
	var list struct{ Doors []door }
	if err := d.ask("GET", "/-/api/doors", nil, &list); err != nil {
		d.t.Fatal(err)
	}
	for _, one := range list.Doors {
		if one.Name == name {
			found = one
		}
	}
	return found
}

// opened waits until a door is open or closed, in the tray and for whoever knocks.
func (d *desk) opened(name, title string, open bool) {
	d.t.Helper()
	was := d.door(name).Address
	d.until("a mark at “"+title+"” that is right", func() bool { return d.line("Services/"+title).on == open })
	if open {
		was = d.door(name).Address
	}
	_, at, _ := strings.Cut(strings.TrimSuffix(was, "/"), "://")
	d.until("a port that is as the mark says", func() bool {
		if at == "" {
			return !open
		}
		c, err := net.Dial("tcp", at)
		if err == nil {
			c.Close()
		}
		return (err == nil) == open
	})
}

// transfer sends a file through a door by a foreign client, as whoever holds a link, and fetches it again.
func (d *desk) transfer(name string, s share, file string) {
	d.t.Helper()
	key := s.Links[0][strings.LastIndexByte(s.Links[0], '/')+1:]
	there := d.door(name).Address + file
	from := d.write("Downloads/"+file, "by "+name)
	for _, args := range [][]string{{"-T", from, there}, {there}} {
		out, err := d.command("curl", append([]string{"-sS", "-k", "-u", "s." + key + ":x"}, args...)...).CombinedOutput()
		if err != nil || len(args) == 1 && string(out) != "by "+name {
			d.t.Fatalf("curl %v: %v: %s", args, err, out)
		}
	}
	if text, err := os.ReadFile(filepath.Join(d.home, "Exchange", file)); err != nil || string(text) != "by "+name {
		d.t.Errorf("%s: %q, %v", file, text, err)
	}
}

// Doors are switched in the tray, each by itself, and are after a restart as they were left. One that hides
// nothing says so first.
func TestDoors(t *testing.T) {
	program(t)
	d := newDesk(t)
	d.screen()
	d.session()
	d.panel()
	d.hearing()
	d.write("data/config.toml", "[http]\naddr = \"127.0.0.1:0\"\n[ftp]\naddr = \"127.0.0.1:0\"\n[sftp]\naddr = \"127.0.0.1:0\"\n")
	d.write("data/desktop.json", `{"onClose":"tray","notify":"none"}`)
	d.write("Exchange/theirs.txt", "theirs")
	p := d.launch()
	if err := d.ask("POST", "/-/console/share.folder", map[string]string{"folder": filepath.Join(d.home, "Exchange"), "preset": "full"}, nil); err != nil {
		t.Fatal(err)
	}
	s := d.shared("Exchange", "open")
	for name, title := range map[string]string{"ftp": "FTP", "sftp": "SFTP"} {
		d.opened(name, title, true)
		d.transfer(name, s, name+"-1.txt")
	}

	d.click("Services/SFTP")
	d.opened("sftp", "SFTP", false)
	d.transfer("ftp", s, "ftp-2.txt")
	d.serving(s, http.StatusOK)

	d.click("Services/FTP")
	d.opened("ftp", "FTP", false)
	d.click("Services/FTP")
	d.hear("Turn on FTP?")
	d.press("Turn on")
	d.opened("ftp", "FTP", true)
	d.transfer("ftp", s, "ftp-3.txt")
	if d.door("sftp").Open {
		t.Error("SFTP opened with FTP")
	}

	d.click("Quit")
	p.ended(0)
	d.launch()
	d.opened("ftp", "FTP", true)
	d.opened("sftp", "SFTP", false)
	d.click("Services/SFTP")
	d.opened("sftp", "SFTP", true)
	d.transfer("sftp", d.shared("Exchange", "open"), "sftp-2.txt")
}
