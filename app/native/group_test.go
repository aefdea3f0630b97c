package native

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// gathered runs a Grouper on a clock of its own and answers what it told, each with the second of telling.
func gathered(t *testing.T, front func() bool, play func(g *Grouper)) (out []string) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var g *Grouper
		g = NewGrouper(func(_ context.Context, group Group) {
			text := fmt.Sprintf("%g: %s", time.Since(begin).Seconds(), group.Sentence())
			if d := group.Detail(); d != "" {
				text += " (" + d + ")"
			}
			if group.Undo {
				text += fmt.Sprint(" undo ", group.Batches)
			}
			out = append(out, text)
		}, front)
		ctx, cancel := context.WithCancel(context.Background())
		go g.Run(ctx)
		play(g)
		time.Sleep(5 * time.Minute)
		cancel()
		synctest.Wait()
	})
	return out
}

func never() bool { return false }

func TestGroups(t *testing.T) {
	inbox := Arrival{Batch: "b", From: "Pixel 8", Into: "Inbox", Folder: "/inbox", Files: 1, Level: TellBatches, Undo: true}
	with := func(change func(*Arrival)) Arrival { a := inbox; change(&a); return a }
	for _, c := range []struct {
		name string
		play func(g *Grouper)
		want []string
	}{
		{"a batch that pauses is told when it is quiet", func(g *Grouper) {
			for range 32 {
				g.Add(inbox)
				time.Sleep(time.Second)
			}
		}, []string{"33: 32 files from Pixel 8 in Inbox undo [b]"}},
		{"a batch that ends is told at once", func(g *Grouper) {
			g.Add(inbox)
			time.Sleep(time.Second / 2)
			g.Add(with(func(a *Arrival) { a.Files = 0; a.Undo = false; a.Ended = true }))
		}, []string{"0.5: 1 file from Pixel 8 in Inbox undo [b]"}},
		{"known to go on, it is waited for", func(g *Grouper) {
			more := with(func(a *Arrival) { a.More = true })
			g.Add(more)
			time.Sleep(50 * time.Second)
			g.Add(more)
			time.Sleep(10 * time.Second)
			g.Add(with(func(a *Arrival) { a.Ended = true }))
		}, []string{"60: 3 files from Pixel 8 in Inbox undo [b]"}},
		{"known to go on but silent, it is told after a minute", func(g *Grouper) {
			g.Add(with(func(a *Arrival) { a.More = true }))
		}, []string{"60: 1 file from Pixel 8 in Inbox undo [b]"}},
		{"the end of what was told is nothing", func(g *Grouper) {
			g.Add(inbox)
			time.Sleep(10 * time.Second)
			g.Add(with(func(a *Arrival) { a.Files = 0; a.Ended = true }))
		}, []string{"2: 1 file from Pixel 8 in Inbox undo [b]"}},
		{"all: while it arrives, counted on", func(g *Grouper) {
			all := with(func(a *Arrival) { a.Level = TellAll })
			for range 4 {
				g.Add(all)
				time.Sleep(1500 * time.Millisecond)
			}
		}, []string{"2: 2 files from Pixel 8 in Inbox undo [b]", "5: 4 files from Pixel 8 in Inbox undo [b]"}},
		{"errors: only those", func(g *Grouper) {
			only := with(func(a *Arrival) { a.Level = TellErrors })
			g.Add(only)
			g.Add(with(func(a *Arrival) { a.Level, a.Files, a.Failed, a.Name = TellErrors, 0, 1, "a.jpg" }))
			g.Add(with(func(a *Arrival) { a.Level, a.Ended = TellErrors, true }))
		}, []string{"0: “a.jpg” from Pixel 8 did not arrive in Inbox"}},
		{"none: nothing", func(g *Grouper) {
			g.Add(with(func(a *Arrival) { a.Level = TellNone; a.Failed = 3 }))
		}, nil},
		{"failures are told with the rest", func(g *Grouper) {
			g.Add(with(func(a *Arrival) { a.Files = 9 }))
			g.Add(with(func(a *Arrival) { a.Files, a.Failed = 0, 2 }))
		}, []string{"2: 9 files from Pixel 8 in Inbox (2 files did not arrive.) undo [b]"}},
		{"two batches of one phone are one notice", func(g *Grouper) {
			g.Add(inbox)
			g.Add(with(func(a *Arrival) { a.Batch = "c" }))
		}, []string{"2: 2 files from Pixel 8 in Inbox undo [b c]"}},
		{"a batch is one notice, whatever folder turns out to hold all of it", func(g *Grouper) {
			g.Add(with(func(a *Arrival) { a.Into, a.Folder = "day 1", "/inbox/trip/day 1" }))
			g.Add(with(func(a *Arrival) { a.Into, a.Folder = "trip", "/inbox/trip" }))
		}, []string{"2: 2 files from Pixel 8 in trip undo [b]"}},
		{"a later batch joins the notice that stands", func(g *Grouper) {
			g.Add(inbox)
			time.Sleep(30 * time.Second)
			g.Add(with(func(a *Arrival) { a.Batch, a.Files = "c", 3 }))
		}, []string{"2: 1 file from Pixel 8 in Inbox undo [b]", "32: 4 files from Pixel 8 in Inbox undo [b c]"}},
		{"but not when that was closed", func(g *Grouper) {
			g.Add(inbox)
			time.Sleep(30 * time.Second)
			g.Gone("Pixel 8\x00Inbox\x00/inbox")
			g.Add(with(func(a *Arrival) { a.Batch, a.Files = "c", 3 }))
		}, []string{"2: 1 file from Pixel 8 in Inbox undo [b]", "32: 3 files from Pixel 8 in Inbox undo [c]"}},
		{"nor when it is long ago", func(g *Grouper) {
			g.Add(inbox)
			time.Sleep(5 * time.Minute)
			g.Add(with(func(a *Arrival) { a.Batch = "c" }))
		}, []string{"2: 1 file from Pixel 8 in Inbox undo [b]", "302: 1 file from Pixel 8 in Inbox undo [c]"}},
		{"what cannot be taken back whole offers no undo", func(g *Grouper) {
			g.Add(inbox)
			g.Add(with(func(a *Arrival) { a.Undo = false }))
		}, []string{"2: 2 files from Pixel 8 in Inbox"}},
		{"a crowd becomes three notices and a sum", func(g *Grouper) {
			for i := range 1000 {
				g.Add(Arrival{From: fmt.Sprintf("phone %03d", i), Into: "Inbox", Files: 2, Level: TellBatches})
			}
		}, []string{"2: 2 files from phone 000 in Inbox", "2: 2 files from phone 001 in Inbox", "2: 2 files from phone 002 in Inbox",
			"12: 1994 files from 997 devices in Inbox"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := gathered(t, never, c.play); !slices.Equal(got, c.want) {
				t.Errorf("told\n%q\nnot\n%q", got, c.want)
			}
		})
	}
}

func TestNothingIsToldWhileTheWindowIsInFront(t *testing.T) {
	var front atomic.Bool
	front.Store(true)
	got := gathered(t, front.Load, func(g *Grouper) {
		g.Add(Arrival{From: "Pixel 8", Into: "Inbox", Files: 5, Level: TellBatches})
		time.Sleep(10 * time.Second)
		front.Store(false)
		time.Sleep(10 * time.Second)
		g.Add(Arrival{From: "Pixel 8", Into: "Inbox", Files: 1, Level: TellBatches})
	})
	if want := []string{"22: 1 file from Pixel 8 in Inbox"}; !slices.Equal(got, want) {
		t.Errorf("told %q, not %q", got, want)
	}
}
