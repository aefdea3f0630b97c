package native

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Level is how much of what arrives somebody wants to be told.
type Level string

// The levels of a share.
const (
	TellAll     Level = "all"     // while it arrives
	TellBatches Level = "batches" // once for what was sent together
	TellErrors  Level = "errors"  // only what did not arrive
	TellNone    Level = "none"
)

// Arrival is a fact: something arrived, did not arrive, or a batch came to its end.
type Arrival struct {
	Batch  string // what was sent together; "" where nothing says so
	From   string // who sent it, as people say it: "Pixel 8"
	Into   string // where to, as people say it: "Inbox"
	Folder string // what "Open folder" opens; "" where it cannot be opened
	Name   string // of the file, where it is one

	Files, Failed int
	Undo          bool // it can be taken back
	More          bool // more of this batch is known to come: a pause is not its end
	Ended         bool // nothing more comes in this batch
	Level         Level
}

// Group is what a notice tells: facts that belong together.
type Group struct {
	Key           string // the same for groups that one notice tells; later ones hold what earlier ones held
	From, Into    string // "" where there are several
	Folder        string
	Name          string // where it is one file
	Batches       []string
	Files, Failed int
	Devices       int // who sent; 1 for most
	Undo          bool
}

// Sentence says a group as people do.
func (g Group) Sentence() string {
	var b strings.Builder
	n := g.Files
	if n == 0 {
		n = g.Failed
	}
	switch {
	case n == 1 && g.Name != "":
		fmt.Fprintf(&b, "“%s”", g.Name)
	case n == 1:
		b.WriteString("1 file")
	default:
		fmt.Fprintf(&b, "%d files", n)
	}
	switch {
	case g.Devices > 1:
		fmt.Fprintf(&b, " from %d devices", g.Devices)
	case g.From != "":
		b.WriteString(" from " + g.From)
	}
	if g.Files == 0 {
		b.WriteString(" did not arrive")
	}
	if g.Into != "" {
		b.WriteString(" in " + g.Into)
	}
	return b.String()
}

// Detail says the rest: what of the group did not arrive.
func (g Group) Detail() string {
	switch {
	case g.Files == 0 || g.Failed == 0:
		return ""
	case g.Failed == 1:
		return "1 file did not arrive."
	}
	return fmt.Sprintf("%d files did not arrive.", g.Failed)
}

const (
	groupQuiet  = 2 * time.Second  // nothing more came: it is told
	groupPause  = time.Minute      // as quiet, where more is known to come
	groupMemory = time.Minute      // what comes within this joins the notice that stands
	groupWindow = 10 * time.Second // at most groupMost notices begin in this time …
	groupMost   = 3
	groupOpen   = 200 // … and so many groups are gathered at once; the rest becomes one
)

// Grouper turns many arrivals into few groups. It is safe for concurrent use.
type Grouper struct {
	show  func(context.Context, Group)
	front func() bool

	mu    sync.Mutex
	open  map[string]*gathering
	stand map[string]*gathering // what the notices that stand tell
	many  *gathering            // what became too much for notices of their own
	began []time.Time           // when the last notices began
	wake  chan struct{}
}

// gathering is a group in the making.
type gathering struct {
	group       Group
	level       Level
	first, last time.Time
	more, ended bool
	devices     map[string]bool
}

// NewGrouper makes a Grouper. Run hands each group to show, which may take its time: what comes
// meanwhile is gathered. front says whether the person sees in the window what arrives; that is not told,
// now or later.
func NewGrouper(show func(context.Context, Group), front func() bool) *Grouper {
	return &Grouper{show: show, front: front, open: make(map[string]*gathering),
		stand: make(map[string]*gathering), wake: make(chan struct{}, 1)}
}

// Add takes a fact.
func (g *Grouper) Add(a Arrival) {
	if a.Level == TellNone || a.Level == TellErrors && a.Failed == 0 && !a.Ended {
		return
	}
	if a.Level == TellErrors {
		a.Files = 0
	}
	now := time.Now()
	key := strings.Join([]string{a.From, a.Into, a.Folder}, "\x00")
	id := key
	if a.Batch != "" {
		id = "\x00" + a.Batch // whatever folder turns out to hold all of it
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.open[id]
	switch {
	case at == nil && a.Files == 0 && a.Failed == 0:
		return // the end of something that was told, or of nothing
	case at == nil && len(g.open) >= groupOpen:
		g.overflow(gather(a, key, now))
		return
	case at == nil:
		at = gather(a, key, now)
		g.open[id] = at
	default:
		if a.Batch != "" { // the folder that holds all of it may only turn out by and by
			at.group.Into, at.group.Folder = a.Into, a.Folder
		}
		at.join(gather(a, key, now))
	}
	at.more, at.ended = a.More, at.ended || a.Ended
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// Gone says that the notice of this key is gone: what comes next begins a new one.
func (g *Grouper) Gone(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.stand, key)
}

// Run tells the groups until ctx ends. What is not told by then stays untold.
func (g *Grouper) Run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		for _, group := range g.take(time.Now(), g.front()) {
			g.show(ctx, group)
		}
		timer.Reset(g.next(time.Now()))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-g.wake:
		}
	}
}

// take takes out what is to be told now, as one group for each notice, oldest first. What the person
// saw arrive is forgotten.
func (g *Grouper) take(now time.Time, seen bool) []Group {
	g.mu.Lock()
	defer g.mu.Unlock()
	due := g.due(now)
	if seen {
		for _, at := range due {
			delete(g.stand, at.group.Key)
		}
		g.many = nil
		return nil
	}
	g.began = slices.DeleteFunc(g.began, func(t time.Time) bool { return now.Sub(t) >= groupWindow })
	maps.DeleteFunc(g.stand, func(_ string, at *gathering) bool { return now.Sub(at.last) >= groupMemory })
	var out []Group
	for _, at := range due {
		if g.stand[at.group.Key] == nil {
			if len(g.began) >= groupMost {
				g.overflow(at)
				continue
			}
			g.began = append(g.began, now)
		}
		out = append(out, g.told(at))
	}
	if g.many != nil && len(g.began) < groupMost && !g.many.crowdDue().After(now) {
		g.began = append(g.began, now)
		out = append(out, g.told(g.many))
		g.many = nil
	}
	return out
}

// due takes out the gatherings that are due, one for each notice, oldest first.
func (g *Grouper) due(now time.Time) []*gathering {
	due := make(map[string]*gathering)
	for _, id := range slices.Sorted(maps.Keys(g.open)) {
		at := g.open[id]
		if at.due().After(now) {
			continue
		}
		delete(g.open, id)
		if same := due[at.group.Key]; same != nil {
			same.join(at)
		} else {
			due[at.group.Key] = at
		}
	}
	return slices.SortedFunc(maps.Values(due), func(a, b *gathering) int {
		return cmp.Or(a.first.Compare(b.first), cmp.Compare(a.group.Key, b.group.Key))
	})
}

// told adds a gathering to the notice of its key that stands, and is what that notice tells now.
func (g *Grouper) told(at *gathering) Group {
	if old := g.stand[at.group.Key]; old != nil {
		old.join(at)
		at = old
	}
	g.stand[at.group.Key] = at
	out := at.group
	out.Batches = slices.Clone(out.Batches)
	return out
}

// next is how long nothing is due.
func (g *Grouper) next(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	wait := time.Hour
	for _, at := range g.open {
		wait = min(wait, at.due().Sub(now))
	}
	if g.many != nil {
		at := g.many.crowdDue()
		if len(g.began) >= groupMost && at.Before(g.began[0].Add(groupWindow)) {
			at = g.began[0].Add(groupWindow)
		}
		wait = min(wait, at.Sub(now))
	}
	return max(wait, 0)
}

// overflow puts a gathering to those that are told as one.
func (g *Grouper) overflow(at *gathering) {
	at.group.Undo, at.group.Batches = false, nil
	if g.many == nil {
		g.many = at
		at.group.Key = ""
		return
	}
	g.many.join(at)
}

func gather(a Arrival, key string, now time.Time) *gathering {
	group := Group{Key: key, From: a.From, Into: a.Into, Folder: a.Folder, Name: a.Name,
		Files: a.Files, Failed: a.Failed, Devices: 1,
		Undo: a.Undo && a.Batch != ""}
	if a.Batch != "" {
		group.Batches = []string{a.Batch}
	}
	return &gathering{group: group, level: a.Level, first: now, last: now, devices: map[string]bool{a.From: true}}
}

// join adds what another gathering holds.
func (at *gathering) join(b *gathering) {
	one, two := &at.group, b.group
	one.Undo = (one.Undo || one.Files == 0) && (two.Undo || two.Files == 0)
	one.Files, one.Failed = one.Files+two.Files, one.Failed+two.Failed
	one.Undo = one.Undo && one.Files > 0
	if one.Files+one.Failed > 1 {
		one.Name = ""
	}
	if one.From != two.From {
		one.From = ""
	}
	if one.Into != two.Into {
		one.Into = ""
	}
	if one.Folder != two.Folder {
		one.Folder = ""
	}
	for _, batch := range two.Batches {
		if !slices.Contains(one.Batches, batch) {
			one.Batches = append(one.Batches, batch)
		}
	}
	if len(at.devices) < 1000 {
		maps.Copy(at.devices, b.devices)
	}
	one.Devices = len(at.devices)
	at.last = b.last
}

// due is when it is told.
func (at *gathering) due() time.Time {
	switch {
	case at.ended:
		return at.last
	case at.level == TellAll:
		return at.first.Add(groupQuiet)
	case at.more:
		return at.last.Add(groupPause)
	}
	return at.last.Add(groupQuiet)
}

// crowdDue is when the sum of many is told: when it is quiet, and in a crowd that does not end now and
// then.
func (at *gathering) crowdDue() time.Time {
	quiet, most := at.last.Add(groupQuiet), at.first.Add(groupWindow)
	if quiet.Before(most) {
		return quiet
	}
	return most
}
