package account

import (
	"fmt"
	"testing"

	"portico/backend/event"
)

func refusal(from string) event.Event {
	return event.Event{Kind: event.Refused, Door: "ftp", Remote: from, Code: "DOOR-NOISE-01", Text: "what came is not FTP"}
}

// TestTallyOfAnAttackThatGoesOn: the first is told at once, then one line a minute holds how many, until
// a minute is quiet; what comes after that is told at once again.
func TestTallyOfAnAttackThatGoesOn(t *testing.T) {
	h := newHouse(t)
	flood := func(n int) {
		for range n {
			h.tally.Note(refusal("10.0.0.7"))
		}
		h.tally.Flush() // the minute is over
	}
	flood(1000)
	flood(500)
	flood(0)
	flood(1)
	h.must(h.tally.Close())
	var counts []int64
	for _, e := range h.events(event.Refused) {
		counts = append(counts, e.Count)
	}
	if got := fmt.Sprint(counts); got != "[0 999 500 0]" && got != "[999 0 500 0]" { // the first goes its own way
		t.Errorf("counts %s", got)
	}
}

// TestTallyOfManyPlaces: the longer an attack from everywhere lasts, the fewer lines it makes, none of
// it is lost, and when it is over somebody new is told of at once.
func TestTallyOfManyPlaces(t *testing.T) {
	h := newHouse(t)
	const minutes, each = 8, 500
	before := 0
	for minute := range minutes {
		for i := range each {
			h.tally.Add(t.Context(), refusal(fmt.Sprintf("10.%d.%d.%d", minute, i>>8, i&255)))
		}
		h.tally.Flush()
		rows := len(h.events(event.Refused))
		if minute > 4 && rows-before > tallyLeast+1 {
			t.Errorf("minute %d makes %d lines", minute, rows-before)
		}
		before = rows
	}
	var sum int64
	for _, e := range h.events(event.Refused) {
		sum += max(1, e.Count)
	}
	if sum != minutes*each {
		t.Errorf("the lines tell of %d, there were %d", sum, minutes*each)
	}
	h.tally.Flush() // a quiet minute
	h.tally.Add(t.Context(), refusal("192.168.1.31"))
	all := h.events(event.Refused)
	if last := all[len(all)-1]; last.Remote != "192.168.1.31" {
		t.Errorf("%+v", last)
	}
}
