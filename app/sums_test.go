package app

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"portico/backend/event"
)

func TestSums(t *testing.T) {
	at := time.Unix(1000, 0)
	file := func(path, batch, name string) event.Event {
		return event.Event{Kind: event.Created, Path: path, Size: 10, Batch: batch, Name: name, Identity: "account:" + name, Time: at}
	}
	for _, c := range []struct {
		name   string
		events []event.Event
		want   []string
	}{
		{"one", []event.Event{file("/in/a", "", "ann")}, []string{"ann added a (10 bytes) to in"}},
		{"one after the other", []event.Event{file("/in/a", "", "ann"), file("/in/b", "", "ann")}, []string{"ann added 2 files (20 bytes) to in"}},
		{"two people", []event.Event{file("/in/a", "", "ann"), file("/in/b", "", "bob")},
			[]string{"ann added a (10 bytes) to in", "bob added b (10 bytes) to in"}},
		{"two folders", []event.Event{file("/in/a", "", "ann"), file("/out/b", "", "ann")},
			[]string{"ann added a (10 bytes) to in", "ann added b (10 bytes) to out"}},
		{"a batch over folders", []event.Event{file("/in/x/a", "7", "ann"), file("/in/y/z/b", "7", "ann"), file("/in/x/c", "7", "ann")},
			[]string{"ann added 3 files (30 bytes) to in"}},
		{"at the top", []event.Event{file("/a", "", "ann"), file("/b", "", "ann")}, []string{"ann added 2 files (20 bytes) to the top folder"}},
		{"folders", []event.Event{{Kind: event.Folder, Path: "/in/a", Name: "ann"}, {Kind: event.Folder, Path: "/in/b", Name: "ann"}},
			[]string{"ann made 2 folders in in"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := make(sums)
			for i, e := range c.events {
				e.ID = int64(i + 1)
				if !s.add(e, at) {
					t.Fatalf("%v stands for itself", e)
				}
			}
			if early := s.due(at.Add(sumQuiet/2), false); len(early) > 0 {
				t.Errorf("told too early: %v", early)
			}
			var got []string
			for _, e := range s.due(at.Add(sumQuiet), false) {
				got = append(got, event.Sentence(e))
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") || len(s) > 0 {
				t.Errorf("got %q, want %q; %d are left", got, c.want, len(s))
			}
		})
	}
}

// Who sends without a pause is told of too.
func TestSumsWithoutPause(t *testing.T) {
	s, at, told := make(sums), time.Unix(1000, 0), int64(0)
	for i := range 300 {
		now := at.Add(time.Duration(i) * sumQuiet / 10)
		s.add(event.Event{ID: int64(i), Kind: event.Created, Path: fmt.Sprintf("/in/%d", i)}, now)
		for _, e := range s.due(now, false) {
			told += e.Count
		}
	}
	if told < 200 {
		t.Errorf("after 30 s only %d of 300 files were told of", told)
	}
}

// A flood of what cannot be put together is counted, not written.
func TestFlood(t *testing.T) {
	var out bytes.Buffer
	tell := &teller{out: &out, sums: make(sums)}
	for i := range 5000 {
		tell.tell(event.Event{ID: int64(i), Kind: event.Removed, Path: fmt.Sprintf("/in/%d", i)})
	}
	tell.unsaid()
	// It may have taken more than one second.
	n := strings.Count(out.String(), "\n")
	if n < sentencesEach || n > 100 || !strings.Contains(out.String(), " more\n") {
		t.Errorf("%d lines:\n%.500s", n, out.String())
	}
}
