package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/event"
	"portico/backend/server"
	"portico/backend/vfs"
)

// teller tells what happens while the server runs: events as JSON on stdout, or as sentences on
// stderr; and, where somebody watches, what moves at this moment.
type teller struct {
	con    *console
	json   bool
	server *server.Server

	end  context.CancelFunc
	work sync.WaitGroup
	told atomic.Int64 // id of the last event that was told

	mu     sync.Mutex
	second time.Time // in which said sentences came
	said   int
	drawn  int // lines of the moving part that stand on the terminal
	speed  map[string]sample
}

// follow begins to tell what happens after an event.
//
// Nobody is told sentences unless they watch or asked for them (the log's level): most servers run
// for nobody to read along.
func follow(con *console, s *server.Server, after int64, asJSON, asked bool) *teller {
	t := &teller{con: con, json: asJSON, server: s, end: func() {}}
	t.told.Store(math.MaxInt64)
	if !asJSON && !asked && !terminal(con.err) {
		return t
	}
	ctx, end := context.WithCancel(context.Background())
	t.end = end
	t.told.Store(after)
	t.work.Go(func() {
		for e, err := range s.Follow(ctx, after) {
			if err != nil {
				continue // the log says why, and is asked again
			}
			t.tell(e)
			t.told.Store(e.ID)
		}
	})
	if !asJSON && terminal(con.err) {
		t.work.Go(func() { t.watch(ctx) })
	}
	return t
}

// finish tells what is left to be told, for two seconds at most, and ends.
func (t *teller) finish() {
	newest, err := t.server.Newest(context.Background())
	for wait := 0; err == nil && t.told.Load() < newest && wait < 200; wait++ {
		time.Sleep(10 * time.Millisecond)
	}
	t.end()
	t.work.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unsaid()
}

func (t *teller) tell(e event.Event) {
	if t.json {
		// Whoever reads may have gone; serving goes on.
		_ = json.NewEncoder(t.con.out).Encode(e)
		return
	}
	if e.Kind == event.DoorOpened || e.Kind == event.DoorClosed {
		return // stdout has said it
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := time.Now().Truncate(time.Second); !now.Equal(t.second) {
		t.unsaid()
		t.second, t.said = now, 0
	}
	if t.said++; t.said > sentencesEach {
		return
	}
	t.wipe()
	fmt.Fprintf(t.con.err, "%s  %s\n", e.Time.Local().Format(time.TimeOnly), printable(event.Sentence(e)))
}

// sentencesEach is how many sentences a person is shown in one second; the rest is counted.
const sentencesEach = 20

// unsaid tells how many sentences there was no room for; the caller holds mu.
func (t *teller) unsaid() {
	if more := t.said - sentencesEach; more > 0 {
		t.wipe()
		fmt.Fprintf(t.con.err, "          … and %d more\n", more)
	}
	t.said = 0
}

// watch draws the running transfers four times a second.
func (t *teller) watch(ctx context.Context) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	t.speed = make(map[string]sample)
	for {
		select {
		case <-ctx.Done():
			t.mu.Lock()
			t.wipe()
			t.mu.Unlock()
			return
		case now := <-ticker.C:
			t.mu.Lock()
			if now.Sub(t.second) > time.Second {
				t.unsaid()
			}
			t.draw(t.server.Transfers(), now)
			t.mu.Unlock()
		}
	}
}

// wipe takes the moving part off the terminal; the caller holds mu.
func (t *teller) wipe() {
	if t.drawn > 0 {
		fmt.Fprintf(t.con.err, "\x1b[%dA\x1b[J", t.drawn)
		t.drawn = 0
	}
}

func (t *teller) draw(list []vfs.Transfer, now time.Time) {
	const most = 8
	t.wipe()
	seen := make(map[string]sample, len(list))
	for i, tr := range list {
		before := t.speed[tr.ID]
		seen[tr.ID] = before.next(tr.Done, now)
		if i < most {
			io.WriteString(t.con.err, transferLine(tr, seen[tr.ID].rate)+"\n")
			t.drawn++
		}
	}
	if len(list) > most {
		fmt.Fprintf(t.con.err, "… and %d more\n", len(list)-most)
		t.drawn++
	}
	t.speed = seen
}

// sample is how far a transfer was at a moment, and how fast it goes.
type sample struct {
	at   time.Time
	done int64
	rate float64 // bytes a second, smoothed
}

func (s sample) next(done int64, now time.Time) sample {
	if s.at.IsZero() || !now.After(s.at) {
		return sample{at: now, done: done}
	}
	rate := float64(done-s.done) / now.Sub(s.at).Seconds()
	if s.rate > 0 {
		rate = s.rate*0.7 + rate*0.3
	}
	return sample{now, done, rate}
}

// transferLine is one running transfer: direction, bar, what, how fast, who.
func transferLine(t vfs.Transfer, rate float64) string {
	const width = 20
	arrow, bar, much := "↓", "", size(t.Done)
	if t.Verb == vfs.VerbCreate {
		arrow = "↑"
	}
	if t.Total > 0 {
		full := int(min(t.Done, t.Total) * width / t.Total)
		for i := range width {
			if i < full {
				bar += "█"
			} else {
				bar += "░"
			}
		}
		bar += " "
		much += " of " + size(t.Total)
	}
	name := []rune(printable(t.Path))
	if len(name) > 40 {
		name = append([]rune("…"), name[len(name)-39:]...)
	}
	return fmt.Sprintf("%s %s%s  %s  %s/s  %s", arrow, bar, string(name), much, size(int64(rate)), printable(t.Identity.Name))
}
