package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"portico/backend/event"
)

// sums puts the files that somebody sends one after the other into one sentence, told when no more
// come: a person who reads along wants a line for what was sent, not one for every file.
type sums map[sumKey]*sum

// sumKey is what makes files belong together. folder is "" where a batch holds them together.
type sumKey struct {
	kind                                                event.Kind
	identity, name, door, remote, client, batch, folder string
}

type sum struct {
	event       event.Event
	first, last time.Time
}

const (
	sumQuiet = time.Second      // nothing more came: it is told
	sumMost  = 10 * time.Second // it is told although more comes
)

// add takes an event into a sum; false: it stands for itself.
func (s sums) add(e event.Event, now time.Time) bool {
	switch e.Kind {
	case event.Created, event.Replaced, event.Folder:
	default:
		return false
	}
	key := sumKey{e.Kind, e.Identity, e.Name, e.Door, e.Remote, e.Client, e.Batch, ""}
	if e.Batch == "" {
		key.folder = above(e.Path)
	}
	e.Count = max(e.Count, 1)
	old := s[key]
	if old == nil {
		s[key] = &sum{e, now, now}
		return true
	}
	if old.event.Count == 1 {
		old.event.Path = above(old.event.Path)
	}
	old.event.Path = common(old.event.Path, above(e.Path))
	old.event.Size += e.Size
	old.event.Count += e.Count
	old.event.Time, old.last = e.Time, now
	return true
}

// due takes out the sums that are to be told now, in the order in which they began; all means every
// one.
func (s sums) due(now time.Time, all bool) []event.Event {
	var out []*sum
	for key, one := range s {
		if all || now.Sub(one.last) >= sumQuiet || now.Sub(one.first) >= sumMost {
			out = append(out, one)
			delete(s, key)
		}
	}
	slices.SortFunc(out, func(a, b *sum) int { return cmp.Compare(a.event.ID, b.event.ID) })
	events := make([]event.Event, len(out))
	for i, one := range out {
		events[i] = one.event
	}
	return events
}

// above is the folder of a tree path.
func above(path string) string {
	return cmp.Or(path[:max(strings.LastIndexByte(path, '/'), 0)], "/")
}

// common is the deepest folder that holds both.
func common(a, b string) string {
	for a != b && a != "/" {
		if strings.HasPrefix(b, a+"/") {
			return a
		}
		a = above(a)
	}
	return a
}
