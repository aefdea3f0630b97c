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
// stderr, one for what was sent together; and, where somebody watches, what moves at this moment.
type teller struct {
	out    io.Writer
	json   bool
	screen *screen // nil: nobody watches
	server *server.Server

	end  context.CancelFunc
	work sync.WaitGroup
	told atomic.Int64 // id of the last event that was taken in

	mu     sync.Mutex
	sums   sums
	read   map[string]time.Time // downloads that were told when they ended, by reader and path
	second time.Time            // in which said sentences came
	said   int
}

// follow begins to tell what happens after an event.
func follow(con *console, s *server.Server, after int64, asJSON bool, watched *screen) *teller {
	ctx, end := context.WithCancel(context.Background())
	t := &teller{out: con.err, json: asJSON, screen: watched, server: s, end: end, sums: make(sums), read: make(map[string]time.Time)}
	if asJSON {
		t.out = con.out
	}
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
	if !asJSON {
		t.work.Go(func() { t.watch(ctx) })
	}
	return t
}

// quiet tells nobody anything.
func quiet(s *server.Server) *teller {
	t := &teller{server: s, out: io.Discard, end: func() {}}
	t.told.Store(math.MaxInt64)
	return t
}

// finish tells what is left to be told and ends. Whoever does not read what is told is not waited
// for longer than two seconds.
func (t *teller) finish() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		newest, err := t.server.Newest(context.Background())
		for wait := 0; err == nil && t.told.Load() < newest && wait < 150; wait++ {
			time.Sleep(10 * time.Millisecond)
		}
		t.end()
		t.work.Wait()
		t.mu.Lock()
		defer t.mu.Unlock()
		t.saySums(time.Now(), true)
		t.unsaid()
		if t.screen != nil {
			t.screen.end()
		}
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
		t.end()
	}
}

func (t *teller) tell(e event.Event) {
	if t.json {
		// Whoever reads may have gone; serving goes on.
		_ = json.NewEncoder(t.out).Encode(e)
		return
	}
	if e.Kind == event.DoorOpened || e.Kind == event.DoorClosed {
		return // stdout has said it
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sums.add(e, time.Now()) {
		return
	}
	if at, ok := t.read[reader(e)]; ok && e.Kind == event.Read && time.Since(at) < 2*time.Minute {
		delete(t.read, reader(e))
		return
	}
	t.say(e)
}

// reader tells downloads of one file apart.
func reader(e event.Event) string { return e.Identity + "\x00" + e.Remote + "\x00" + e.Path }

// sentencesEach is how many sentences a person is shown in one second; the rest is counted.
const sentencesEach = 20

// say writes one sentence, if there is room for it in this second; the caller holds mu.
func (t *teller) say(e event.Event) {
	if now := time.Now().Truncate(time.Second); !now.Equal(t.second) {
		t.unsaid()
		t.second = now
	}
	if t.said++; t.said <= sentencesEach {
		t.line(e.Time.Local().Format(time.TimeOnly) + "  " + printable(event.Sentence(e)))
	}
}

// unsaid tells how many sentences there was no room for; the caller holds mu.
func (t *teller) unsaid() {
	if more := t.said - sentencesEach; more > 0 {
		t.line(fmt.Sprintf("          … and %d more", more))
	}
	t.said = 0
}

func (t *teller) line(text string) {
	if t.screen != nil {
		t.screen.say(text)
		return
	}
	// Whoever reads may have gone; serving goes on.
	_, _ = io.WriteString(t.out, text+"\n")
}

func (t *teller) saySums(now time.Time, all bool) {
	for _, e := range t.sums.due(now, all) {
		t.say(e)
	}
}

// watch looks four times a second at what moves, and says what was sent when no more comes.
func (t *teller) watch(ctx context.Context) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	moves := make(moving)
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			list := t.server.Transfers()
			ended := moves.look(list, now)
			t.mu.Lock()
			if now.Sub(t.second) > time.Second {
				t.unsaid()
			}
			t.saySums(now, false)
			for _, e := range ended {
				if _, known := t.read[reader(e)]; !known {
					t.say(e)
				}
				t.read[reader(e)] = now
			}
			t.forget(now)
			if t.screen != nil {
				t.screen.move(lines(list, moves, t.screen.width()))
			}
			t.mu.Unlock()
		}
	}
}

// forget drops downloads that the log will not speak of any more; the caller holds mu.
func (t *teller) forget(now time.Time) {
	for key, at := range t.read {
		if now.Sub(at) > 2*time.Minute {
			delete(t.read, key)
		}
	}
}

// lines is what moves, at most eight lines of it.
func lines(list []vfs.Transfer, moves moving, columns int) []string {
	const most = 8
	var out []string
	for _, tr := range list[:min(len(list), most)] {
		out = append(out, transferLine(tr, moves[tr.ID].rate, columns))
	}
	if more := len(list) - most; more > 0 {
		out = append(out, fmt.Sprintf("… and %d more", more))
	}
	return out
}
