package diagnose

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// What keeps a fix from being done.
var (
	ErrUnknown  = errors.New("there is no such finding now")
	ErrByHand   = errors.New("only a person can do this")
	ErrDeclined = errors.New("the system's question was answered with no")
	ErrNobody   = errors.New("nobody could be asked for the rights that this needs")
)

// fresh is how long facts are good for another question.
const fresh = 3 * time.Second

// Examiner answers questions about one machine, one look at a time. It is safe for concurrent use and
// has nothing to close.
type Examiner struct {
	m    Machine
	now  func() time.Time
	turn chan struct{} // held while it looks

	// Of the last look; held with turn.
	last  Facts
	at    time.Time
	about string
}

// New makes an examiner. now is time.Now outside of tests.
func New(m Machine, now func() time.Time) *Examiner {
	return &Examiner{m: m, now: now, turn: make(chan struct{}, 1)}
}

// Ask answers a question: within 5 s from when its turn comes, or when ctx ends, which is the only
// error. Answers a few seconds old are given again.
func (e *Examiner) Ask(ctx context.Context, q Question) (Report, error) {
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return Report{}, ctx.Err()
	}
	return e.ask(ctx, q, false)
}

// ask is Ask for whoever has the turn. anew: what is known is not good enough.
func (e *Examiner) ask(ctx context.Context, q Question, anew bool) (Report, error) {
	if q.Now.IsZero() {
		q.Now = e.now()
	}
	about := fmt.Sprint(q.URL, q.Fixed, q.Door)
	if old := e.now().Sub(e.at); anew || about != e.about || old < 0 || old >= fresh {
		facts := Look(ctx, e.m, &q)
		if err := ctx.Err(); err != nil {
			return Report{}, err
		}
		e.last, e.at, e.about = facts, e.now(), about
	}
	r := Judge(&q, &e.last)
	for _, f := range r.Findings {
		if f.Fix != nil && !e.m.Mends() {
			f.Fix.Steps = nil
		}
	}
	return r, nil
}

// Fix mends what has a code and looks again. left is nil when that finding is gone. ErrUnknown,
// ErrByHand, ErrDeclined, ErrNobody, or what the program said that should have mended it.
func (e *Examiner) Fix(ctx context.Context, q Question, code string) (left *Finding, err error) {
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	before, err := e.ask(ctx, q, true)
	if err != nil {
		return nil, err
	}
	found := find(before, code)
	switch {
	case found == nil:
		return nil, ErrUnknown
	case found.Fix == nil || len(found.Fix.Steps) == 0:
		return nil, ErrByHand
	}
	if err := e.m.Mend(ctx, found.Fix.Steps); err != nil {
		return nil, err
	}
	after, err := e.ask(ctx, q, true)
	if err != nil {
		return nil, err
	}
	return find(after, code), nil
}

func find(r Report, code string) *Finding {
	i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Code == code })
	if i < 0 {
		return nil
	}
	return &r.Findings[i]
}
