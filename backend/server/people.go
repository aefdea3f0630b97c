package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/device"
	"portico/backend/event"
	"portico/backend/store"
)

const (
	peopleMost  = 2048 // devices that are remembered
	titlesMost  = 32   // titles of shares that are kept for each
	peopleScope = "people"
	day         = 24 * time.Hour
)

// people knows which devices came within a day, as the log tells it, and what was decided about them. It
// is safe for concurrent use.
type people struct {
	ready chan struct{} // closed when the past day was read

	mu     sync.Mutex
	known  map[string]*somebody
	notes  map[string]note
	visits map[string]shown // by the digest of a visitor's secret

	blocks atomic.Pointer[blocks] // nil: nobody is
}

// shown is who showed a secret last.
type shown struct{ remote, client, id string }

// somebody is one device and what it did.
type somebody struct {
	id, identity, as string // as: the name of the account, token or device; "" for guests and holders of links
	remote, client   string
	first, last      time.Time
	titles           []string
	hours            [25]hour
}

// hour is what moved in one hour.
type hour struct{ of, files, bytes int64 }

// note is what was decided about a device. The store keeps it.
type note struct {
	Name     string    `json:"name,omitempty"`
	Blocked  bool      `json:"blocked,omitempty"`
	Visits   []string  `json:"visits,omitempty"` // of a blocked one: the secrets that it showed
	Forgot   int64     `json:"forgot,omitempty"` // events up to this id are not told of it any more
	At       time.Time `json:"at"`
	Identity string    `json:"identity,omitempty"` // of a blocked one: whom the block is for
	As       string    `json:"as,omitempty"`
	Remote   string    `json:"remote,omitempty"`
	Client   string    `json:"client,omitempty"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
}

func newPeople() *people {
	return &people{ready: make(chan struct{}), known: make(map[string]*somebody), notes: make(map[string]note), visits: make(map[string]shown)}
}

// single returns the identity where it is that of one party; guests and holders of links are many.
func single(identity string) string {
	switch kind, _, _ := strings.Cut(identity, ":"); kind {
	case "account", "token", "device":
		return identity
	}
	return ""
}

// personID tells devices apart: by the account or token and what the device is, else by the address and
// what it is.
func personID(identity, remote, client string) string {
	who := single(identity)
	if who == "" {
		who = remote
	}
	sum := sha256.Sum256([]byte(who + "\x00" + device.Name(client)))
	return hex.EncodeToString(sum[:8])
}

// tells reports whether an event tells of somebody at another device, or at a browser of this one.
func tells(e *event.Event) bool {
	if e.Remote == "" || unknown(e) {
		return false
	}
	kind, _, _ := strings.Cut(e.Identity, ":")
	return kind != "owner" && (slices.Contains(tellingKinds(), e.Kind) || kind == "link" && e.Kind == event.Notice) // it asks to be let in
}

func tellingKinds() []event.Kind {
	return []event.Kind{event.Created, event.Replaced, event.Appended, event.Folder, event.Removed, event.Renamed, event.Copied, event.Restored,
		event.Read, event.Opened, event.SignedIn, event.Wrong, event.Refused, event.Failed}
}

// learn takes what an event tells.
func (p *people) learn(e event.Event) {
	if !tells(&e) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	id := personID(e.Identity, e.Remote, e.Client)
	if n, ok := p.notes[id]; ok && e.ID != 0 && e.ID <= n.Forgot {
		return
	}
	one := p.meet(id, &e)
	switch e.Kind {
	case event.Created, event.Replaced, event.Appended, event.Read:
		h := &one.hours[(e.Time.Unix()/3600)%int64(len(one.hours))]
		if of := e.Time.Unix() / 3600; h.of != of {
			*h = hour{of: of}
		}
		h.files += max(e.Count, 1)
		h.bytes += e.Size
	}
	title := e.Text
	if e.Kind != event.Opened {
		title, _ = strings.CutPrefix(e.Name, "link “")
		if title == e.Name {
			return
		}
		title = strings.TrimSuffix(title, "”")
	}
	if title != "" && len(one.titles) < titlesMost && !slices.Contains(one.titles, title) {
		one.titles = append(one.titles, title)
	}
}

// meet finds whom an event tells of, or makes their entry. The caller holds mu.
func (p *people) meet(id string, e *event.Event) *somebody {
	one := p.known[id]
	if one == nil {
		if len(p.known) >= peopleMost {
			dropOldest(p.known, func(o *somebody) time.Time { return o.last })
		}
		one = &somebody{id: id, identity: e.Identity, first: e.Time}
		if n, ok := p.notes[id]; ok && !n.First.IsZero() && n.First.Before(e.Time) {
			one.first = n.First
		}
		p.known[id] = one
	}
	if single(e.Identity) != "" {
		one.as = e.Name
	}
	one.remote, one.client = e.Remote, e.Client
	if e.Time.After(one.last) {
		one.last = e.Time
	}
	return one
}

// showed remembers which secret a visitor showed, so that a block holds when the address changes.
func (p *people) showed(visit, identity, remote, client string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.visits[visit]; ok && old.remote == remote && old.client == client {
		return
	}
	if len(p.visits) >= visitsMost {
		clear(p.visits)
	}
	p.visits[visit] = shown{remote, client, personID(identity, remote, client)}
}

// followPeople reads the past day and then what happens, until the house ends.
func (s *Server) followPeople() {
	ctx := s.life
	newest, err := s.store.NewestEvent(ctx)
	if err == nil {
		err = s.recallPeople(ctx, newest)
	}
	close(s.people.ready)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Warn("who was here within a day is not known", "error", err)
		}
		newest = event.Now
	}
	for e, err := range s.bus.Follow(ctx, newest) {
		if err == nil {
			s.people.learn(e)
		}
	}
}

// recallPages is how many pages of the log are looked through for who was here: enough for a very busy day.
const recallPages = 200

func (s *Server) recallPeople(ctx context.Context, newest int64) error {
	q := event.Query{Since: s.now().Add(-day), Before: newest + 1, Kinds: tellingKinds(), Limit: 1000, Oldest: true}
	for range recallPages {
		page, err := s.store.Activity(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range page {
			s.people.learn(e)
			q.After = e.ID
		}
		if len(page) < q.Limit {
			return nil
		}
	}
	return nil
}

// loadPeople reads what was decided, and drops what is of no use any more.
func (s *Server) loadPeople(ctx context.Context) error {
	return s.store.Write(ctx, store.Fast, func(tx *store.Tx) error {
		all, err := tx.Settings(peopleScope)
		if err != nil {
			return err
		}
		for id, text := range all {
			var n note
			if json.Unmarshal(text, &n) != nil || n.Name == "" && !n.Blocked && s.now().Sub(n.At) > day+time.Hour {
				if err := tx.SetSetting(peopleScope, id, nil); err != nil {
					return err
				}
				continue
			}
			s.people.notes[id] = n
		}
		s.people.judge()
		return nil
	})
}

// keepNote stores what was decided about a device; nil: nothing.
func (s *Server) keepNote(ctx context.Context, id string, n *note) error {
	var text json.RawMessage
	if n != nil {
		var err error
		if text, err = json.Marshal(n); err != nil {
			return err
		}
	}
	return s.store.Write(ctx, store.Durable, func(tx *store.Tx) error { return tx.SetSetting(peopleScope, id, text) })
}
