package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/backend/event"
)

func appendAll(t *testing.T, s *Store, events ...event.Event) {
	t.Helper()
	err := s.Write(t.Context(), Fast, func(tx *Tx) error {
		for _, e := range events {
			if err := tx.Append(&e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func idsOf(events []event.Event) []int64 {
	var ids []int64
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestTimeNeverGoesBack(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	now := time.Now()
	given := []time.Time{now.Add(-time.Hour), now.Add(-2 * time.Hour), {}, now.Add(-time.Minute), now.Add(24 * time.Hour), {}}
	for _, at := range given {
		appendAll(t, s, event.Event{Kind: event.Notice, Time: at})
	}
	events, err := s.Events(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if !events[0].Time.Equal(given[0]) {
		t.Errorf("a time of the past was not kept: %v", events[0].Time)
	}
	for i := 1; i < len(events); i++ {
		if events[i].Time.Before(events[i-1].Time) {
			t.Errorf("event %d is of %v, before %v", i, events[i].Time, events[i-1].Time)
		}
	}
	if events[4].Time.After(time.Now()) {
		t.Errorf("a time of the future was kept: %v", events[4].Time)
	}
	// The clock is set back while the program is not running: seen as a newest event of tomorrow.
	tomorrow := time.Now().Add(24 * time.Hour)
	err = s.Write(t.Context(), Durable, func(tx *Tx) error {
		_, err := tx.exec(`UPDATE event SET time = ? WHERE id = ?`, tomorrow.UnixNano(), events[5].ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Dir: dir})
	appendAll(t, s, event.Event{Kind: event.Notice})
	events, err = s.Events(t.Context(), events[5].ID, 100)
	if err != nil || len(events) != 1 || !events[0].Time.Equal(tomorrow) {
		t.Errorf("%v, %v; want %v", events, err, tomorrow)
	}
}

// Ids are given once, also when everything was removed before a restart.
func TestIDsAreNeverReused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	appendAll(t, s, make([]event.Event, 5)...)
	err := s.Write(t.Context(), Durable, func(tx *Tx) error {
		n, err := tx.PruneEvents(time.Now().Add(time.Hour), 0)
		if n != 5 {
			return fmt.Errorf("%d removed", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Dir: dir})
	e := event.Event{Kind: event.Notice}
	if err := s.Write(t.Context(), Durable, func(tx *Tx) error { return tx.Append(&e) }); err != nil || e.ID != 6 {
		t.Errorf("id %d, %v", e.ID, err)
	}
	if id, err := s.NewestEvent(t.Context()); err != nil || id != 6 {
		t.Errorf("newest %d, %v", id, err)
	}
}

func TestAppendNeedsAWrite(t *testing.T) {
	s := open(t, Options{})
	if err := s.Read(t.Context(), func(tx *Tx) error { return tx.Append(&event.Event{}) }); err == nil {
		t.Error("no error")
	}
}

func TestActivity(t *testing.T) {
	s := open(t, Options{})
	appendAll(t, s,
		event.Event{Kind: event.Created, Path: "/photos/a.jpg", Door: "http", Name: "ada", Identity: "account:1"},
		event.Event{Kind: event.Created, Path: "/photos", Door: "ftp", Client: "Camera 100%"},
		event.Event{Kind: event.Removed, Path: "/photos2/b", Door: "http", Text: "Grüße"},
		event.Event{Kind: event.Renamed, Path: "/else/c", From: "/photos/c", Door: "sftp"},
		event.Event{Kind: event.Created, Path: "/photos/\xff\x00d", Door: "http", Remote: "10.0.0.7"},
		event.Event{Kind: event.SignedIn, Name: "Ärger", Code: "X_1"},
	)
	for _, c := range []struct {
		q    EventQuery
		want []int64
	}{
		{EventQuery{}, []int64{6, 5, 4, 3, 2, 1}},
		{EventQuery{Limit: 2}, []int64{6, 5}},
		{EventQuery{Before: 5, Limit: 2}, []int64{4, 3}},
		{EventQuery{After: 4}, []int64{6, 5}},
		{EventQuery{Path: "/"}, []int64{6, 5, 4, 3, 2, 1}},
		{EventQuery{Path: "/photos"}, []int64{5, 4, 2, 1}},
		{EventQuery{Path: "/photos/a.jpg"}, []int64{1}},
		{EventQuery{Path: "/photos/\xff\x00d"}, []int64{5}},
		{EventQuery{Kinds: []event.Kind{event.Removed, event.Renamed}}, []int64{4, 3}},
		{EventQuery{Kinds: []event.Kind{"none"}}, nil},
		{EventQuery{Door: "http", Path: "/photos"}, []int64{5, 1}},
		{EventQuery{Identity: "account:1"}, []int64{1}},
		{EventQuery{Who: "account:1"}, []int64{1}},
		{EventQuery{Who: "ADA"}, []int64{1}},
		{EventQuery{Who: "ad"}, nil},
		{EventQuery{Oldest: true, Limit: 2}, []int64{1, 2}},
		{EventQuery{Oldest: true, After: 2, Limit: 2}, []int64{3, 4}},
		{EventQuery{Oldest: true, After: 2, Before: 4}, []int64{3}},
		{EventQuery{Oldest: true, Path: "/photos"}, []int64{1, 2, 4, 5}},
		{EventQuery{Oldest: true, Text: "ärger"}, []int64{6}},
		{EventQuery{Text: "ADA"}, []int64{1}},
		{EventQuery{Text: "100%"}, []int64{2}},
		{EventQuery{Text: "0%c"}, nil},
		{EventQuery{Text: "x_1"}, []int64{6}},
		{EventQuery{Text: "x?1"}, nil},
		{EventQuery{Text: `\`}, nil},
		{EventQuery{Text: "GRÜSSE"}, nil},
		{EventQuery{Text: "grÜßE"}, []int64{3}},
		{EventQuery{Text: "äRGER", Kinds: []event.Kind{event.SignedIn}}, []int64{6}},
		{EventQuery{Text: "10.0.0.7"}, []int64{5}},
	} {
		got, err := s.Activity(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		if ids := idsOf(got); !slices.Equal(ids, c.want) {
			t.Errorf("%+v: got %v, want %v", c.q, ids, c.want)
		}
	}
}

// A moment finds its place also where events were removed and where many are of one moment.
func TestActivityBetween(t *testing.T) {
	s := open(t, Options{})
	start := time.Now().Add(-time.Hour).Truncate(time.Second)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	for _, second := range []int{0, 1, 1, 1, 5, 6, 9} {
		appendAll(t, s, event.Event{Kind: event.Notice, Text: "ä", Time: at(second)})
	}
	err := s.Write(t.Context(), Durable, func(tx *Tx) error {
		_, err := tx.exec(`DELETE FROM event WHERE id IN (1, 3, 6)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q    EventQuery
		want []int64
	}{
		{EventQuery{Since: at(-1)}, []int64{7, 5, 4, 2}},
		{EventQuery{Since: at(1)}, []int64{7, 5, 4, 2}},
		{EventQuery{Since: at(2)}, []int64{7, 5}},
		{EventQuery{Since: at(6)}, []int64{7}},
		{EventQuery{Since: at(10)}, nil},
		{EventQuery{Until: at(1)}, nil},
		{EventQuery{Until: at(2)}, []int64{4, 2}},
		{EventQuery{Until: at(9)}, []int64{5, 4, 2}},
		{EventQuery{Until: at(60)}, []int64{7, 5, 4, 2}},
		{EventQuery{Since: at(1), Until: at(9), Oldest: true}, []int64{2, 4, 5}},
		{EventQuery{Since: at(1), Until: at(9), After: 2, Before: 5}, []int64{4}},
		{EventQuery{Since: at(2), Text: "Ä"}, []int64{7, 5}},
		{EventQuery{Since: at(2), Text: "Ä", Oldest: true}, []int64{5, 7}},
	} {
		got, err := s.Activity(t.Context(), c.q)
		if ids := idsOf(got); err != nil || !slices.Equal(ids, c.want) {
			t.Errorf("%+v: got %v, %v, want %v", c.q, ids, err, c.want)
		}
	}
	empty := open(t, Options{})
	if got, err := empty.Activity(t.Context(), EventQuery{Since: at(0), Until: at(1)}); err != nil || len(got) > 0 {
		t.Errorf("of an empty log: %v, %v", got, err)
	}
}

// Text beyond ASCII is looked for in steps: nothing is lost or repeated at their borders.
func TestActivityInSteps(t *testing.T) {
	s := open(t, Options{})
	var want []int64
	events := make([]event.Event, 2*scanStep+17)
	for i := range events {
		events[i] = event.Event{Kind: event.Notice, Text: "grOße"} // no match, but alike for the engine
		if i%scanStep == 0 || i%scanStep == scanStep-1 {
			events[i].Text = "Größe"
			want = append([]int64{int64(i + 1)}, want...)
		}
	}
	appendAll(t, s, events...)
	got, err := s.Activity(t.Context(), EventQuery{Text: "größe"})
	if err != nil || !slices.Equal(idsOf(got), want) {
		t.Errorf("got %v, %v, want %v", idsOf(got), err, want)
	}
	got, err = s.Activity(t.Context(), EventQuery{Text: "größe", Limit: 2})
	if err != nil || !slices.Equal(idsOf(got), want[:2]) {
		t.Errorf("got %v, %v, want %v", idsOf(got), err, want[:2])
	}
}

func TestPruneEvents(t *testing.T) {
	s := open(t, Options{})
	start := time.Now().Add(-100 * time.Hour)
	events := make([]event.Event, 2*pruneStep+500)
	for i := range events {
		events[i].Time = start.Add(time.Duration(i) * time.Second)
	}
	appendAll(t, s, events...)
	prune := func(before time.Time, keep int64) (n int64) {
		t.Helper()
		if err := s.Write(t.Context(), Fast, func(tx *Tx) (err error) { n, err = tx.PruneEvents(before, keep); return err }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	oldest := func() int64 {
		t.Helper()
		got, err := s.Events(t.Context(), 0, 1)
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		return got[0].ID
	}
	if n := prune(time.Time{}, 0); n != 0 {
		t.Errorf("without a limit %d went", n)
	}
	if n := prune(start.Add(10*time.Second), 0); n != 10 || oldest() != 11 {
		t.Errorf("by age: %d went, the oldest is %d", n, oldest())
	}
	if n := prune(start, 0); n != 0 {
		t.Errorf("again: %d", n)
	}
	total := int64(0)
	for n := prune(time.Time{}, 100); n > 0; n = prune(time.Time{}, 100) {
		if n > pruneStep {
			t.Errorf("%d in one step", n)
		}
		total += n
	}
	if want := int64(2*pruneStep + 500 - 10 - 100); total != want || oldest() != int64(len(events))-99 {
		t.Errorf("by number: %d went, want %d; the oldest is %d", total, want, oldest())
	}
}

func TestSettings(t *testing.T) {
	s := open(t, Options{})
	write := func(fn func(tx *Tx) error) error { return s.Write(context.Background(), Durable, fn) }
	err := write(func(tx *Tx) error {
		return errors.Join(
			tx.SetSetting(ServerScope, "network", json.RawMessage(`{"wifi":true}`)),
			tx.SetSetting("ada", "theme", json.RawMessage(`"dark"`)),
			tx.SetSetting("ada", "list\x00\xff", json.RawMessage(`[1]`)),
			tx.SetSetting("ada", "theme", json.RawMessage(`"light"`)),
			tx.SetSetting("ada", "gone", json.RawMessage(`1`)),
			tx.SetSetting("ada", "gone", nil),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "{", strings.Repeat(" ", maxSetting) + "1"} {
		if err := write(func(tx *Tx) error { return tx.SetSetting("ada", "theme", json.RawMessage(bad)) }); err == nil {
			t.Errorf("%.10q was taken", bad)
		}
	}
	err = s.Read(t.Context(), func(tx *Tx) error {
		all, err := tx.Settings("ada")
		if len(all) != 2 || string(all["theme"]) != `"light"` || string(all["list\x00\xff"]) != `[1]` {
			t.Errorf("got %s", all)
		}
		one, oneErr := tx.Setting(ServerScope, "network")
		none, noneErr := tx.Setting("bob", "theme")
		if string(one) != `{"wifi":true}` || none != nil {
			t.Errorf("got %s, %s", one, none)
		}
		return errors.Join(err, oneErr, noneErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = write(func(tx *Tx) error {
		n, err := tx.DropSettings("ada")
		if n != 2 {
			t.Errorf("%d dropped", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
