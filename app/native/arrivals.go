package native

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// Arrivals tells the person what arrived: a Grouper whose groups become notices.
type Arrivals struct {
	*Grouper
	o ArrivalsOptions

	mu     sync.Mutex
	shown  map[string]uint32 // by the group's key
	silent bool              // it was said that nobody shows notices here
}

// ArrivalsOptions are what Arrivals needs. Open and Undo run on goroutines of their own.
type ArrivalsOptions struct {
	Notifier *Notifier
	Front    func() bool            // whether the window is in front
	Open     func(folder string)    // "Open folder"
	Undo     func(batches []string) // "Undo"
	Log      *slog.Logger
}

// NewArrivals makes Arrivals; Add takes facts, Run tells them.
func NewArrivals(o ArrivalsOptions) *Arrivals {
	a := &Arrivals{o: o, shown: make(map[string]uint32)}
	a.Grouper = NewGrouper(a.tell, o.Front)
	return a
}

func (a *Arrivals) tell(ctx context.Context, g Group) {
	a.mu.Lock()
	old := a.shown[g.Key]
	a.mu.Unlock()
	id, err := a.o.Notifier.Show(ctx, a.notice(g, old))
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		a.shown[g.Key] = id
		a.silent = false
		return
	}
	if !errors.Is(err, ErrAbsent) || !a.silent {
		a.o.Log.Info("what arrived cannot be shown as a notice", "error", err)
	}
	a.silent = errors.Is(err, ErrAbsent)
}

func (a *Arrivals) notice(g Group, old uint32) Notice {
	n := Notice{Title: g.Sentence(), Body: g.Detail(), Replaces: old, Urgent: g.Files == 0}
	if g.Folder != "" {
		n.Actions = append(n.Actions, Action{Default, "Open folder"}, Action{"open", "Open folder"})
	}
	if g.Undo {
		n.Actions = append(n.Actions, Action{"undo", "Undo"})
	}
	n.Chosen = func(key string) {
		if key == "undo" {
			go a.o.Undo(g.Batches)
			return
		}
		go a.o.Open(g.Folder)
	}
	n.Closed = func() {
		a.mu.Lock()
		delete(a.shown, g.Key)
		a.mu.Unlock()
		a.Gone(g.Key)
	}
	return n
}
