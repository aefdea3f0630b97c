package share

import (
	"context"
	"time"

	"portico/backend/event"
	"portico/backend/store"
)

const (
	// keptExpired is how long an expired share is kept, so that its maker can let it stand longer.
	keptExpired = 7 * 24 * time.Hour
	sweepMost   = time.Minute // between two looks, whatever the clock does
)

// sweep tells of shares when they expire, and of those who were not answered, until Close.
func (s *Shares) sweep() {
	for {
		next, err := s.Sweep(s.ended)
		if s.ended.Err() != nil {
			return
		}
		if err != nil {
			s.log.Error("expired shares were not looked for", "error", err)
		}
		wait := sweepMost
		for _, due := range []time.Time{next, s.unanswered(s.ended)} {
			if err == nil && !due.IsZero() {
				wait = min(wait, max(due.Sub(s.now()), 50*time.Millisecond))
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-s.wake:
		case <-s.ended.Done():
		}
		timer.Stop()
	}
}

// Sweep ends the shares whose time has come: an event tells of each, and Options.Changed is called so
// that open visits end. It returns when the next one is due, zero for never. It runs by itself.
func (s *Shares) Sweep(ctx context.Context) (next time.Time, err error) {
	now := s.now()
	var due []store.Share
	look := func(tx *store.Tx) (err error) {
		if due, err = tx.SharesExpired(now); err == nil {
			next, err = tx.NextExpiry()
		}
		return err
	}
	if err := s.store.Read(ctx, look); err != nil {
		return next, err
	}
	if len(due) == 0 {
		return next, s.forget(ctx, now)
	}
	err = s.store.Write(ctx, store.Durable, func(tx *store.Tx) error {
		if due, err = tx.SharesExpired(now); err != nil {
			return err
		}
		for i := range due {
			row := &due[i]
			row.Ended = now
			if err := tx.SetShare(row); err != nil {
				return err
			}
			e := told(event.Unshared, row, madeBy(row))
			e.Code = "expired"
			if err := tx.Append(e); err != nil {
				return err
			}
		}
		next, err = tx.NextExpiry()
		return err
	})
	if err == nil && len(due) > 0 { // else another look, at the same time, was first
		s.o.Changed()
	}
	return next, err
}

// forget drops what expired long ago.
func (s *Shares) forget(ctx context.Context, now time.Time) error {
	before := now.Add(-keptExpired)
	old := false
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		old, err = tx.HasSharesEnded(before)
		return err
	})
	if err != nil || !old {
		return err
	}
	return s.store.Write(ctx, store.Fast, func(tx *store.Tx) error { return tx.DropSharesEnded(before) })
}
