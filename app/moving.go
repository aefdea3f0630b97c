package app

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"portico/backend/event"
	"portico/backend/vfs"
)

// moving follows the running transfers from look to look.
type moving map[string]sample

// sample is how far a transfer was at a moment, and how fast it goes.
type sample struct {
	at       time.Time
	done     int64
	rate     float64 // bytes a second, smoothed
	transfer vfs.Transfer
}

func (s sample) next(t vfs.Transfer, now time.Time) sample {
	if s.at.IsZero() || !now.After(s.at) {
		return sample{now, t.Done, s.rate, t}
	}
	rate := float64(t.Done-s.done) / now.Sub(s.at).Seconds()
	if s.rate > 0 {
		rate = s.rate*0.7 + rate*0.3
	}
	return sample{now, t.Done, rate, t}
}

// look takes in what moves now, and returns the long downloads that have ended since the last look.
// (Of an upload the log of events tells at once; of what was read it tells a minute later.)
func (m moving) look(list []vfs.Transfer, now time.Time) (ended []event.Event) {
	here := make(map[string]bool, len(list))
	for _, t := range list {
		here[t.ID] = true
		m[t.ID] = m[t.ID].next(t, now)
	}
	for id, s := range m {
		if here[id] {
			continue
		}
		delete(m, id)
		if t := s.transfer; t.Verb == vfs.VerbOpen && t.Done > 0 && now.Sub(t.Since) >= longRead {
			// How much went since the last look is not known, so no size is told.
			ended = append(ended, event.Event{Kind: event.Read, Time: now, Path: t.Path, Door: t.Origin.Door,
				Remote: t.Origin.Remote, Client: t.Origin.Client, Identity: t.Identity.String(), Name: t.Identity.Name})
		}
	}
	return ended
}

// longRead is how long a download takes of which a person wants to know the end at once.
const longRead = 2 * time.Second

// transferLine is one running transfer in so many columns (0: unknown): direction, bar, what, how
// much, how fast, how long still, who.
func transferLine(t vfs.Transfer, rate float64, columns int) string {
	const width = 20
	arrow, bar, much := "↓", "", size(t.Done)
	if t.Verb == vfs.VerbCreate {
		arrow = "↑"
	}
	if t.Total > 0 {
		full := int(float64(min(t.Done, t.Total)) / float64(t.Total) * width)
		bar = strings.Repeat("█", full) + strings.Repeat("░", width-full) + " "
		much += " of " + size(t.Total)
	}
	tail := fmt.Sprintf("  %s  %s/s", much, size(int64(rate)))
	if left := remaining(t, rate); left != "" {
		tail += "  " + left
	}
	if who := cmp.Or(t.Identity.Name, t.Origin.Remote); who != "" {
		tail += "  " + printable(who)
	}
	room := 40
	if columns > 0 {
		room = min(room, max(columns-utf8.RuneCountInString(bar+tail)-3, 12))
	}
	name := []rune(printable(t.Path))
	if len(name) > room {
		name = append([]rune("…"), name[len(name)-room+1:]...)
	}
	return arrow + " " + bar + string(name) + tail
}

// remaining says how long a transfer will still take, where that can be guessed.
func remaining(t vfs.Transfer, rate float64) string {
	if t.Total <= t.Done || rate < 1 {
		return ""
	}
	switch seconds := float64(t.Total-t.Done) / rate; {
	case seconds < 60:
		return fmt.Sprintf("%.0f s left", max(seconds, 1))
	case seconds < 3600:
		return fmt.Sprintf("%.0f min left", seconds/60)
	case seconds < 48*3600:
		return fmt.Sprintf("%.0f h left", seconds/3600)
	}
	return "days left"
}
