package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/vfs"
)

const (
	batchMemory   = 24 * time.Hour   // since its last sign of life
	batchMost     = 500              // that are remembered
	batchLoad     = 5000             // events that are looked at for those from before
	batchFailed   = 1000             // paths of a batch
	batchGap      = 5 * time.Minute  // what a client without batches moves within this belongs together
	batchLull     = 2 * time.Second  // nothing is open, and the next file may be about to begin
	batchPatience = 15 * time.Second // as long, where more was announced
	batchAway     = 30 * time.Minute // whoever announced more and is silent for so long does not come back
	batchUntold   = 90 * time.Second // after which Activity has told of what was fetched
)

// ledger adds up what belongs together: what moves now, and what the log tells of the last day. It is a
// cursor over the log that is moved on by whoever looks, and holds nothing that the log does not, but for
// what moves. It is safe for concurrent use.
type ledger struct {
	source Source
	keeps  func(path string) (removed, replaced bool)
	undone func(newest int64) bool

	heard func() []vfs.Announced

	mu      sync.Mutex
	begun   bool
	cursor  int64 // newest event that was counted
	version uint64
	by      map[string]*tally
	open    map[mark]*tally // the newest of each
	folders map[mark]int64  // the first folder that was made for a batch of which no file came yet
	seen    map[string]moving
}

// mark is what makes transfers and events belong together.
type mark struct{ batch, direction, identity, name, door, remote, client string }

// moving is a transfer, and how fast it is.
type moving struct {
	vfs.Transfer
	speed int64
}

// tally is one batch.
type tally struct {
	id           string
	mark         mark
	path, latest string
	first, last  int64 // ids of its events
	since, sign  time.Time
	files, bytes int64                        // that are done
	failed       map[string]bool              // paths, of which no more came yet
	why          string                       // the latest failure, in words
	fetched      struct{ files, bytes int64 } // a moment ago; the log tells of it within the minute
	allFiles     int64                        // as the client says
	allBytes     int64
	whole        bool // every arrival can be taken back
	arrived      bool // there was one
	stopped      bool // nobody waits for the rest
	undoing      bool
	undone       bool

	live    live
	state   string
	changed uint64 // the ledger's version when anything of it changed last
}

// live is what of a batch moves now.
type live struct {
	ids                []string
	done, total, speed int64
	waiting            bool // all of it
}

var countedKinds = []event.Kind{event.Created, event.Replaced, event.Appended, event.Folder, event.Read, event.Failed, event.Refused}

// look brings the ledger up to date and returns its version, and the batches that changed after an
// earlier one, the oldest first.
func (l *ledger) look(ctx context.Context, list []moving, now time.Time, after uint64) ([]Batch, uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.read(ctx, now); err != nil {
		return nil, 0, err
	}
	l.move(list, now)
	l.age(now)
	out := []Batch{}
	for _, t := range l.by {
		if t.changed > after && t.shown(now) {
			out = append(out, t.batch())
		}
	}
	slices.SortFunc(out, func(a, b Batch) int { return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.ID, b.ID)) })
	return out, l.version, nil
}

// read counts what the log tells that was not counted yet.
func (l *ledger) read(ctx context.Context, now time.Time) error {
	newest, err := l.source.NewestEvent(ctx)
	if err != nil || l.begun && newest == l.cursor {
		return err
	}
	q := event.Query{Kinds: countedKinds, Before: newest + 1, Limit: 1000}
	if !l.begun {
		q.Since, q.Limit = now.Add(-batchMemory), batchLoad
		list, err := l.source.Activity(ctx, q)
		if err != nil {
			return err
		}
		slices.Reverse(list)
		l.begun, l.cursor = true, newest
		l.by, l.open, l.folders = map[string]*tally{}, map[mark]*tally{}, map[mark]int64{}
		l.count(list)
		return nil
	}
	q.Oldest, q.After = true, l.cursor
	for {
		list, err := l.source.Activity(ctx, q)
		if err != nil {
			return err
		}
		if l.count(list); len(list) < q.Limit {
			break
		}
		q.After = list[len(list)-1].ID
		l.cursor = q.After
	}
	l.cursor = newest
	return nil
}

func (l *ledger) count(list []event.Event) {
	for _, e := range list {
		direction := "in"
		if e.Kind == event.Read {
			direction = "out"
		}
		if e.Path == "" {
			continue
		}
		folder := access.Parent(e.Path)
		if e.Kind == event.Read && e.Count > 1 {
			folder = e.Path
		}
		m := mark{e.Batch, direction, e.Identity, e.Name, e.Door, e.Remote, e.Client}
		if e.Kind == event.Folder {
			l.folder(m, e)
			continue
		}
		t := l.tally(m, folder, e.Time, e.Time)
		if first, ok := l.folders[m]; ok && t.first == 0 {
			t.first = first
			delete(l.folders, m)
		}
		t.take(e, l.keeps)
	}
}

// folder notes a folder that a batch made: alone it is no transfer, but it goes with what comes.
func (l *ledger) folder(m mark, e event.Event) {
	if m.batch == "" {
		return
	}
	if t := l.open[m]; t != nil && t.first > 0 {
		t.last = e.ID
		return
	}
	if len(l.folders) >= batchMost {
		clear(l.folders)
	}
	if _, known := l.folders[m]; !known {
		l.folders[m] = e.ID
	}
}

// take counts one event.
func (t *tally) take(e event.Event, keeps func(string) (bool, bool)) {
	if t.first == 0 {
		t.first = e.ID
	}
	t.last = e.ID
	t.changed = 0 // age says so
	switch e.Kind {
	case event.Failed, event.Refused:
		if t.failed == nil {
			t.failed = map[string]bool{}
		}
		if len(t.failed) < batchFailed {
			t.failed[e.Path] = true
		}
		if _, t.why, _ = strings.Cut(event.Sentence(e), ": "); t.why != "" {
			t.why = strings.ToUpper(t.why[:1]) + t.why[1:]
		}
		return
	case event.Read:
		t.fetched.files, t.fetched.bytes = 0, 0
	default:
		removed, replaced := keeps(e.Path)
		able := e.Kind == event.Created && removed || e.Kind == event.Replaced && replaced
		t.whole, t.arrived = able && (t.whole || !t.arrived), true
	}
	delete(t.failed, e.Path) // it was tried again
	t.files += max(1, e.Count)
	t.bytes += e.Size
	if t.latest = e.Path; e.Count > 1 {
		t.latest = ""
	}
}

// tally finds or begins the batch of a mark.
func (l *ledger) tally(m mark, folder string, sign, since time.Time) *tally {
	t := l.open[m]
	if t == nil || l.by[t.id] == nil || m.batch == "" && len(t.live.ids) == 0 && since.Sub(t.sign) > batchGap {
		t = &tally{id: m.id(since), mark: m, path: folder, since: since, sign: sign}
		l.by[t.id], l.open[m] = t, t
	}
	for !access.Within(t.path, folder) {
		t.path = access.Parent(t.path)
	}
	if since.Before(t.since) {
		t.since = since
	}
	if sign.After(t.sign) {
		t.sign = sign
	}
	return t
}

// id names a batch. One that its client has named has the same id for ever.
func (m mark) id(since time.Time) string {
	parts := []string{m.batch, m.direction, m.identity, m.name, m.door, m.remote, m.client}
	if m.batch == "" {
		parts = append(parts, strconv.FormatInt(since.UnixNano(), 36))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// move takes what moves now.
func (l *ledger) move(list []moving, now time.Time) {
	next, lives := make(map[string]moving, len(list)), map[*tally]*live{}
	for _, one := range list {
		next[one.ID] = one
	}
	for id, was := range l.seen {
		// Fetched whole, and gone: that counts until the log tells of it.
		if _, there := next[id]; !there && was.Verb != vfs.VerbCreate && was.Total >= 0 && was.Done >= was.Total {
			t := l.tally(markOf(was.Transfer), access.Parent(was.Path), now, was.Since)
			t.fetched.files++
			t.fetched.bytes += was.Done
		}
	}
	l.seen = next
	for _, one := range list {
		sign := now
		if one.Waiting {
			sign = one.Since
		}
		t := l.tally(markOf(one.Transfer), access.Parent(one.Path), sign, one.Since)
		if lives[t] == nil {
			lives[t], t.stopped = &live{waiting: true}, false
			t.latest = one.Path
		}
		lives[t].add(one)
	}
	for _, a := range l.heard() {
		m := markOf(vfs.Transfer{Verb: vfs.VerbCreate, Identity: a.Identity, Origin: a.Origin})
		if t := l.open[m]; t != nil && (t.allFiles != a.Origin.BatchFiles || t.allBytes != a.Origin.BatchBytes) {
			t.allFiles, t.allBytes, t.changed = a.Origin.BatchFiles, a.Origin.BatchBytes, 0
		}
	}
	for _, t := range l.by {
		var now live
		if lives[t] != nil {
			now = *lives[t]
		}
		if !now.equal(t.live) {
			t.live, t.changed = now, 0
		}
	}
}

func markOf(t vfs.Transfer) mark {
	m := mark{t.Origin.Batch, "out", t.Identity.String(), t.Identity.Name, t.Origin.Door, t.Origin.Remote, t.Origin.Client}
	if t.Verb == vfs.VerbCreate {
		m.direction = "in"
	}
	return m
}

func (v *live) add(one moving) {
	v.ids = append(v.ids, one.ID)
	v.done, v.speed = v.done+one.Done, v.speed+one.speed
	if one.Total < 0 || v.total < 0 {
		v.total = -1
	} else {
		v.total += one.Total
	}
	v.waiting = v.waiting && one.Waiting
}

func (v live) equal(o live) bool {
	return v.done == o.done && v.total == o.total && v.speed == o.speed && v.waiting == o.waiting && slices.Equal(v.ids, o.ids)
}

// age says how every batch stands now, notes which of them changed, and forgets the old.
func (l *ledger) age(now time.Time) {
	l.version++
	for id, t := range l.by {
		if state := t.stands(now); state != t.state {
			t.state, t.changed = state, 0
		}
		if t.arrived && !t.undone && l.undone(t.last) {
			t.undone, t.changed = true, 0
		}
		if t.changed == 0 {
			t.changed = l.version
		}
		if t.state == stateDone && now.Sub(t.sign) > batchMemory {
			l.drop(id)
		}
	}
	for len(l.by) > batchMost {
		oldest := ""
		for id, t := range l.by {
			if len(t.live.ids) == 0 && (oldest == "" || t.sign.Before(l.by[oldest].sign)) {
				oldest = id
			}
		}
		if oldest == "" {
			return
		}
		l.drop(oldest)
	}
}

// stop says that whoever announced more was stopped.
func (l *ledger) stop(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.by[id]; t != nil {
		t.stopped, t.changed = true, 0
	}
}

func (l *ledger) drop(id string) {
	if t := l.by[id]; l.open[t.mark] == t {
		delete(l.open, t.mark)
	}
	delete(l.by, id)
}
