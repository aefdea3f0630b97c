package tray

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/assets"
)

var (
	photos = Share{ID: "a", Title: "Holiday photos", State: "open", Path: "/photos", Links: []string{"http://192.168.1.20:3923/s/k7qf2mzx"}}
	inbox  = Share{ID: "b", Title: "Lab inbox", State: "paused", Path: "/inbox", Links: []string{"http://192.168.1.20:3923/s/inbox234"}}
	over   = Share{ID: "c", Title: "Last week", State: "expired"}
	web    = Door{Name: "http", Title: "Web", Open: true, Address: "http://192.168.1.20:3923"}
	ftp    = Door{Name: "ftp", Title: "FTP", Warn: "FTP does not hide passwords on this network."}
)

func TestLook(t *testing.T) {
	for name, c := range map[string]struct {
		state State
		face  Face
		says  string
	}{
		"nothing":      {State{Doors: []Door{web}}, Idle, "Nothing is shared"},
		"only paused":  {State{Shares: []Share{inbox, over}}, Idle, "Nothing is shared"},
		"one":          {State{Shares: []Share{photos, inbox}}, Sharing, "Sharing 1 item"},
		"phone":        {State{Shares: []Share{photos}, Moving: []Transfer{{Remote: "1", Speed: 8e6}, {Remote: "1", Speed: 4e6}}}, Moving, "Sharing 1 item · 1 device connected · 12 MB/s"},
		"two devices":  {State{Moving: []Transfer{{Remote: "1", Speed: 900}, {Remote: "2", Speed: 650}}}, Moving, "2 devices connected · 1.6 kB/s"},
		"waits":        {State{Shares: []Share{photos}, Moving: []Transfer{{Remote: "1", Waiting: true}}}, Sharing, "Sharing 1 item"},
		"one came":     {State{Shares: []Share{photos}, Unseen: 1}, "arrivals-1", "Sharing 1 item · 1 new file"},
		"many came":    {State{Unseen: 320}, "arrivals-more", "320 new files"},
		"more come":    {State{Unseen: 3, Moving: []Transfer{{Remote: "1"}}}, Moving, "1 device connected · 0 B/s · 3 new files"},
		"port taken":   {State{Shares: []Share{photos}, Doors: []Door{{Name: "http", Title: "Web", Problem: "port 80 is taken"}}}, Attention, "Web is not open as it should be: port 80 is taken"},
		"drive is out": {State{Unseen: 4, Volumes: []Volume{{Name: "PHOTOS", Absent: true}}}, Attention, "“PHOTOS” is not connected; its shares wait"},
		"somebody asks": {State{Shares: []Share{photos}, Moving: []Transfer{{Remote: "1"}}, Asking: []Asking{{Name: "Pixel 8", Title: "Holiday photos"}}}, Attention,
			"Pixel 8 asks to be let into “Holiday photos”"},
		"gone": {State{Shares: []Share{photos}, Away: true}, Attention, "Portico does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			face, says := Look(c.state)
			if face != c.face || says != c.says {
				t.Errorf("%s, %q; want %s, %q", face, says, c.face, c.says)
			}
			file := string(face)
			if face == Moving {
				file += "-1"
			}
			for _, ground := range []string{"light", "dark", "any", "template"} {
				if len(assets.Tray(file, ground, ".png")) == 0 {
					t.Errorf("there is no picture of %s on %s", file, ground)
				}
			}
			if len(assets.Tray(file, "light", ".ico")) == 0 || len(assets.Tray(file, "dark", ".ico")) == 0 {
				t.Errorf("there is no icon of %s for Windows", file)
			}
		})
	}
}

// drawn writes a menu as one would see it, with the verbs behind.
func drawn(items []Item, depth int) string {
	var b strings.Builder
	for _, i := range items {
		b.WriteString(strings.Repeat("  ", depth))
		switch {
		case i.Label == "":
			b.WriteString("---")
		case i.Mark == On:
			b.WriteString("[x] ")
		case i.Mark == Off:
			b.WriteString("[ ] ")
		}
		b.WriteString(i.Label)
		if i.Dimmed {
			b.WriteString(" (dimmed)")
		}
		if i.Do.Verb != "" {
			b.WriteString(" = " + strings.TrimRight(string(i.Do.Verb)+" "+i.Do.ID, " "))
		}
		b.WriteString("\n" + drawn(i.Kids, depth+1))
	}
	return b.String()
}

func TestMenu(t *testing.T) {
	const end = `---
Settings… = settings
Help & diagnosis… = help
Quit = quit
`
	const start = `Open Portico = open
Share a folder… = share-folder
Send files or text… = send
Receive files (inbox)… = receive
---
`
	for name, c := range map[string]struct {
		state State
		want  string
	}{
		"before anything is known": {State{}, start + "Transfers… = transfers\nStop everything (dimmed) = stop-all\n" + end},
		"in use": {
			State{Shares: []Share{photos, inbox, over}, Doors: []Door{web, ftp}, Moving: []Transfer{{ID: "1", Remote: "r"}}},
			`Holiday photos
  Show QR… = show-qr a
  Copy link = copy-link a
  Open folder = open-folder a
  Pause = pause a
  Stop sharing = stop a
Lab inbox (paused)
  Show QR… = show-qr b
  Copy link = copy-link b
  Open folder = open-folder b
  Resume = resume b
  Stop sharing = stop b
---
` + start + `Services
  [x] Web = turn-off http
  [ ] FTP = ask-on ftp
Transfers (1 active)… = transfers
Stop everything = stop-all
` + end,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, drawn(Menu(c.state), 0)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A menu with hundreds of lines cannot be used.
func TestMenuOfMany(t *testing.T) {
	var s State
	for range 500 {
		one := photos
		one.Title = strings.Repeat("Ä long title ", 20)
		s.Shares = append(s.Shares, one)
	}
	menu := Menu(s)
	if len(menu) > 30 {
		t.Errorf("%d lines", len(menu))
	}
	if got := menu[sharesMost]; got.Label != "488 more…" || got.Do.Verb != Open {
		t.Errorf("after the shares: %+v", got)
	}
	if n := len([]rune(menu[0].Label)); n > 40 {
		t.Errorf("a label of %d characters", n)
	}
}

// The binding changes what stands where only words changed, and builds anew where entries came or went.
func TestAlike(t *testing.T) {
	before := Menu(State{Shares: []Share{photos}, Doors: []Door{web}})
	paused := photos
	paused.State = "paused"
	closed := web
	closed.Open = false
	if !alike(before, Menu(State{Shares: []Share{paused}, Doors: []Door{closed}})) {
		t.Error("pausing a share and closing a door build the menu anew")
	}
	if alike(before, Menu(State{Shares: []Share{photos, inbox}, Doors: []Door{web}})) {
		t.Error("another share finds room in the same menu")
	}
}

func TestArrived(t *testing.T) {
	for data, want := range map[string]int{
		`{"what":"fact","fact":{"kind":"created","identity":"link:k2f"}}`:            1,
		`{"what":"fact","fact":{"kind":"created","identity":"guest:","count":4}}`:    4,
		`{"what":"fact","fact":{"kind":"created","identity":"owner:"}}`:              0,
		`{"what":"fact","fact":{"kind":"removed","identity":"link:k2f","count":12}}`: 0,
		`{"newest":4}`: 0,
		`broken`:       0,
	} {
		if got := arrived(data); got != want {
			t.Errorf("%s: %d, want %d", data, got, want)
		}
	}
}
