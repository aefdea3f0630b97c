package tray

import (
	"fmt"
	"strings"
)

// State is what the tray shows. It is made of answers of the API.
type State struct {
	Shares  []Share
	Doors   []Door
	Volumes []Volume
	Moving  []Transfer
	Asking  []Asking
	Unseen  int // files that others sent since somebody last looked at the window
	Away    bool
}

// Share is a link.
type Share struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	State string   `json:"state"`
	Path  string   `json:"path"`
	Links []string `json:"links"`
}

// listed reports whether there is anything left to do about a share.
func (s Share) listed() bool { return s.State == "open" || s.State == "paused" }

// Door is one protocol.
type Door struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Open    bool   `json:"open"`
	Warn    string `json:"warn"`
	Address string `json:"address"`
	Problem string `json:"problem"`
}

// Volume is a served folder.
type Volume struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Absent bool   `json:"absent"`
}

// Transfer is a file that moves.
type Transfer struct {
	ID      string `json:"id"`
	Remote  string `json:"remote"`
	Speed   int64  `json:"speed"` // bytes a second
	Waiting bool   `json:"waiting"`
}

// Asking is a device that waits to be let into a share.
type Asking struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Name    string `json:"name"`
	Remote  string `json:"remote"`
	Network string `json:"network"`
}

// From says where it is.
func (a Asking) From() string {
	if a.Network == "" {
		return a.Remote
	}
	return a.Remote + " on “" + a.Network + "”"
}

// Batch is what one device sends or fetches together.
type Batch struct {
	ID        string `json:"id"`
	Direction string `json:"direction"`
	State     string `json:"state"`
	By        struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"by"`
	Remote    string `json:"remote"`
	Client    string `json:"client"`
	Path      string `json:"path"`
	Latest    string `json:"latest"`
	FilesDone int    `json:"filesDone"`
	FilesAll  int    `json:"filesAll"` // -1: not known
	Failed    int    `json:"failed"`
	Undo      bool   `json:"undo"`
}

// Face is how the icon looks.
type Face string

// The faces, by the names of their files. Arrivals are followed by a digit, or by "more".
const (
	Idle      Face = "idle"
	Sharing   Face = "sharing"
	Moving    Face = "moving"
	Attention Face = "attention"
	Arrivals  Face = "arrivals-"
)

// Look says how the icon looks, and what it says when the mouse rests on it. What needs somebody comes
// before what moves, and that before what has arrived.
func Look(s State) (Face, string) {
	if s.Away {
		return Attention, "Portico does not answer"
	}
	if need := s.need(); need != "" {
		return Attention, need
	}
	open := 0
	for _, one := range s.Shares {
		if one.State == "open" {
			open++
		}
	}
	var words []string
	if open > 0 {
		words = append(words, "Sharing "+count(open, "item"))
	}
	moving, devices, speed := s.moving()
	if moving > 0 {
		words = append(words, count(devices, "device")+" connected", rate(speed))
	}
	if s.Unseen > 0 {
		words = append(words, count(s.Unseen, "new file"))
	}
	if len(words) == 0 {
		words = []string{"Nothing is shared"}
	}
	text := strings.Join(words, " · ")
	switch {
	case moving > 0:
		return Moving, text
	case s.Unseen > 9:
		return Arrivals + "more", text
	case s.Unseen > 0:
		return Arrivals + Face(fmt.Sprint(s.Unseen)), text
	case open > 0:
		return Sharing, text
	}
	return Idle, text
}

// need is what somebody has to do something about; "" when all is well.
func (s State) need() string {
	if len(s.Asking) > 0 {
		return s.Asking[0].Name + " asks to be let into “" + s.Asking[0].Title + "”"
	}
	for _, d := range s.Doors {
		if d.Problem != "" {
			return d.Title + " is not open as it should be: " + d.Problem
		}
	}
	for _, v := range s.Volumes {
		if v.Absent {
			return "“" + v.Name + "” is not connected; its shares wait"
		}
	}
	return ""
}

// moving counts what moves now, for how many devices, and how fast in all.
func (s State) moving() (files, devices int, speed int64) {
	seen := map[string]bool{}
	for _, t := range s.Moving {
		if t.Waiting {
			continue
		}
		files++
		seen[t.Remote] = true
		speed += t.Speed
	}
	return files, len(seen), speed
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// rate is a speed in words, in three digits at most.
func rate(bytes int64) string {
	value, unit := float64(bytes), "B/s"
	for _, next := range []string{"kB/s", "MB/s", "GB/s"} {
		if value < 1000 {
			break
		}
		value, unit = value/1000, next
	}
	if value < 10 && unit != "B/s" {
		return fmt.Sprintf("%.1f %s", value, unit)
	}
	return fmt.Sprintf("%.0f %s", value, unit)
}
