package tray

import (
	"fmt"
	"slices"
)

// Verb is what clicking an item does.
type Verb string

// The verbs. Those of shares and doors are done by Client.Do; the others are the window's.
const (
	ShowQR      Verb = "show-qr"
	CopyLink    Verb = "copy-link"
	OpenFolder  Verb = "open-folder"
	Pause       Verb = "pause"
	Resume      Verb = "resume"
	Stop        Verb = "stop"
	TurnOn      Verb = "turn-on"
	TurnOff     Verb = "turn-off"
	AskOn       Verb = "ask-on" // of a door that hides nothing: the window warns first
	StopAll     Verb = "stop-all"
	Open        Verb = "open"
	ShareFolder Verb = "share-folder"
	SendText    Verb = "send"
	Receive     Verb = "receive"
	Transfers   Verb = "transfers"
	Settings    Verb = "settings"
	Help        Verb = "help"
	Quit        Verb = "quit"
)

// Action is what a click asks for.
type Action struct {
	Verb Verb
	ID   string // of the share, or the name of the door
	Text string // what is to be copied
}

// Item is one line of the menu; without a label it is a line between others.
type Item struct {
	Label   string
	Mark    Mark
	Do      Action
	Kids    []Item
	Dimmed  bool
	Tooltip string
}

// Mark tells whether a line has a check box, and whether that is checked.
type Mark int

// The marks.
const (
	Plain Mark = iota
	Off
	On
)

// sharesMost is how many shares the menu lists; the window has all of them.
const sharesMost = 12

// Menu is what the tray offers.
func Menu(s State) []Item {
	var out []Item
	listed := slices.Collect(func(yield func(Share) bool) {
		for _, one := range s.Shares {
			if one.listed() && !yield(one) {
				return
			}
		}
	})
	for _, one := range listed[:min(len(listed), sharesMost)] {
		out = append(out, shareItem(one))
	}
	if more := len(listed) - sharesMost; more > 0 {
		out = append(out, Item{Label: fmt.Sprintf("%d more…", more), Do: Action{Verb: Open}})
	}
	if len(listed) > 0 {
		out = append(out, Item{})
	}
	out = append(out,
		Item{Label: "Open Portico", Do: Action{Verb: Open}},
		Item{Label: "Share a folder…", Do: Action{Verb: ShareFolder}},
		Item{Label: "Send files or text…", Do: Action{Verb: SendText}},
		Item{Label: "Receive files (inbox)…", Do: Action{Verb: Receive}},
		Item{},
	)
	if doors := doorItems(s.Doors); len(doors) > 0 {
		out = append(out, Item{Label: "Services", Kids: doors})
	}
	transfers := Item{Label: "Transfers…", Do: Action{Verb: Transfers}}
	moving, _, _ := s.moving()
	if moving > 0 {
		transfers.Label = fmt.Sprintf("Transfers (%d active)…", moving)
	}
	stop := Item{Label: "Stop everything", Do: Action{Verb: StopAll}, Tooltip: "Pauses every share and ends what moves"}
	stop.Dimmed = moving == 0 && !slices.ContainsFunc(listed, func(s Share) bool { return s.State == "open" })
	return append(out, transfers, stop,
		Item{},
		Item{Label: "Settings…", Do: Action{Verb: Settings}},
		Item{Label: "Help & diagnosis…", Do: Action{Verb: Help}},
		Item{Label: "Quit", Do: Action{Verb: Quit}},
	)
}

func shareItem(s Share) Item {
	out := Item{Label: short(s.Title)}
	act := func(label string, verb Verb) {
		out.Kids = append(out.Kids, Item{Label: label, Do: Action{Verb: verb, ID: s.ID}})
	}
	act("Show QR…", ShowQR)
	if len(s.Links) > 0 {
		out.Kids = append(out.Kids, Item{Label: "Copy link", Do: Action{Verb: CopyLink, ID: s.ID, Text: s.Links[0]}})
	}
	act("Open folder", OpenFolder)
	if s.State == "paused" {
		out.Label += " (paused)"
		act("Resume", Resume)
	} else {
		act("Pause", Pause)
	}
	act("Stop sharing", Stop)
	return out
}

func doorItems(doors []Door) []Item {
	var out []Item
	for _, d := range doors {
		one := Item{Label: d.Title, Mark: Off, Do: Action{Verb: TurnOn, ID: d.Name}}
		switch {
		case d.Open:
			one.Mark, one.Do.Verb, one.Tooltip = On, TurnOff, d.Title+" is on · "+d.Address
		case d.Problem != "":
			one.Tooltip = d.Problem
		case d.Warn != "":
			one.Do.Verb, one.Tooltip = AskOn, d.Warn
		}
		out = append(out, one)
	}
	return out
}

// short is a title that a menu has room for.
func short(title string) string {
	const most = 40
	if r := []rune(title); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return title
}
