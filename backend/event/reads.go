package event

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	readsWindow = time.Minute // how long reads are added up before they are told of
	readsKeys   = 4096        // sums kept at the same time; with more they are told of early
	readsLost   = 2 * 4096    // … and beyond these, while the log cannot be written, not at all
	readsNames  = 1024        // different files told apart in one sum
)

// Reads adds up what is read, so that a player that asks for a film in a thousand pieces, or a phone
// that fetches a folder, makes one line of Activity: per identity, client, batch, folder and minute.
// It is safe for concurrent use.
type Reads struct {
	append func(context.Context, []Event) error
	log    *slog.Logger

	mu     sync.Mutex
	sums   map[readsKey]*readsSum
	begun  time.Time // of the present window
	kick   chan struct{}
	closed bool
	end    chan struct{}
	done   chan struct{}
}

type readsKey struct{ identity, name, door, remote, client, batch, folder string }

type readsSum struct {
	first int // its place among the sums
	event Event
	names map[string]struct{}
	more  int64 // files beyond those told apart
}

// NewReads starts adding up. append writes events to the log; it is called from one goroutine at a
// time, at most once a minute unless very many different parties read.
func NewReads(append func(context.Context, []Event) error, log *slog.Logger) *Reads {
	r := &Reads{
		append: append, log: log, sums: make(map[readsKey]*readsSum),
		kick: make(chan struct{}, 1), end: make(chan struct{}), done: make(chan struct{}),
	}
	go r.run()
	return r
}

// Add counts one read: e.Path is the file and e.Size the bytes sent, or, with e.Count above one, a
// folder of which so many files were sent together. Kind and Time are set here. After Close it does
// nothing.
func (r *Reads) Add(e Event) {
	dir := e.Path
	if e.Count <= 1 {
		dir = parent(e.Path)
	}
	key := readsKey{e.Identity, e.Name, e.Door, e.Remote, e.Client, e.Batch, dir}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	sum := r.sums[key]
	if sum == nil {
		if len(r.sums) >= readsLost {
			return
		}
		if len(r.sums) == 0 || len(r.sums) == readsKeys {
			select {
			case r.kick <- struct{}{}: // the goroutine begins to wait for the end of the window, or flushes
			default:
			}
		}
		if len(r.sums) == 0 {
			r.begun = time.Now()
		}
		sum = &readsSum{first: len(r.sums), event: e, names: make(map[string]struct{})}
		sum.event.Size, sum.event.Count = 0, 0
		r.sums[key] = sum
	}
	sum.add(e)
}

func (s *readsSum) add(e Event) {
	s.event.Size += e.Size
	switch _, known := s.names[e.Path]; {
	case e.Count > 1:
		s.more += e.Count
	case known:
	case len(s.names) < readsNames:
		s.names[e.Path] = struct{}{}
	default:
		s.more++
	}
}

// tell returns the event of a sum: of one file that file, of more their folder.
func (s *readsSum) tell(key readsKey) Event {
	e := s.event
	e.Kind, e.Time = Read, time.Time{}
	e.Count = int64(len(s.names)) + s.more
	if e.Count > 1 {
		e.Path, e.Node, e.Hash = key.folder, 0, ""
		if e.Path == "" {
			e.Path = "/"
		}
	}
	return e
}

func (r *Reads) run() {
	defer close(r.done)
	timer := time.NewTimer(readsWindow)
	timer.Stop()
	for {
		select {
		case <-r.kick:
			r.mu.Lock()
			full, wait := len(r.sums) > readsKeys, readsWindow-time.Since(r.begun)
			r.mu.Unlock()
			if !full {
				timer.Reset(wait)
				continue
			}
		case <-timer.C:
		case <-r.end:
			return
		}
		if err := r.flush(context.Background()); err != nil {
			r.log.Warn("what was read could not be written; trying again in a minute", "error", err)
			timer.Reset(readsWindow)
		}
	}
}

// flush writes all sums. What cannot be written is added to what came meanwhile.
func (r *Reads) flush(ctx context.Context) error {
	r.mu.Lock()
	sums := r.sums
	r.sums = make(map[readsKey]*readsSum)
	r.mu.Unlock()
	if len(sums) == 0 {
		return nil
	}
	keys := slices.SortedFunc(maps.Keys(sums), func(a, b readsKey) int { return sums[a].first - sums[b].first })
	events := make([]Event, len(keys))
	for i, key := range keys {
		events[i] = sums[key].tell(key)
	}
	err := r.append(ctx, events)
	if err != nil {
		r.putBack(sums)
	}
	return err
}

func (r *Reads) putBack(sums map[readsKey]*readsSum) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, old := range sums {
		now := r.sums[key]
		switch {
		case now != nil:
			now.merge(old)
		case len(r.sums) < readsLost:
			r.sums[key] = old
		}
	}
	r.begun = time.Now()
}

func (s *readsSum) merge(o *readsSum) {
	s.event.Size += o.event.Size
	s.more += o.more
	for name := range o.names {
		s.add(Event{Path: name})
	}
}

// Close writes what was added up and ends the goroutine.
func (r *Reads) Close(ctx context.Context) error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		<-r.done
		return nil
	}
	r.closed = true
	r.mu.Unlock()
	close(r.end)
	<-r.done
	return r.flush(ctx)
}
