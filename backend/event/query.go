package event

import (
	"context"
	"time"
)

// Query asks for a page of Activity. Zero fields ask for everything.
type Query struct {
	Before   int64     // only events with an id below; 0: from the newest on
	After    int64     // only events with an id above
	Since    time.Time // only events of this moment and later
	Until    time.Time // only events before this moment
	Kinds    []Kind    // any of these
	Path     string    // this canonical path and what lies below it; a rename counts for both its names
	Door     string
	Batch    string
	Identity string // this party only, as Event.Identity
	Who      string // this party, by what Event.Identity says or by its name, in ASCII letters of any case
	Text     string // occurs somewhere in what a person reads of it, in letters of any case
	Limit    int    // at most so many; 0: 100
	Oldest   bool   // the oldest of them first; else the newest
}

// Log is the log of events as people look through it. The store implements it.
type Log interface {
	// Activity returns the events that q asks for, in its order. The next page begins at the last
	// id: After with Oldest, else Before.
	Activity(ctx context.Context, q Query) ([]Event, error)
}
