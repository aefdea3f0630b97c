package server

import (
	"time"

	"portico/backend/store"
)

// sweepEvery is how often Activity is cut to the length that the settings allow.
const sweepEvery = time.Hour

// sweep forgets old lines of Activity until the house ends. Shares, sessions, unfinished uploads and
// the trash are swept by the rooms that keep them.
func (s *Server) sweep() {
	// Not at once: starting has better things to do.
	timer := time.NewTimer(5 * time.Minute)
	defer timer.Stop()
	for {
		select {
		case <-s.life.Done():
			return
		case <-timer.C:
		case <-s.prune:
		}
		s.pruneActivity()
		timer.Reset(sweepEvery)
	}
}

func (s *Server) pruneActivity() {
	keep := s.config().Keep
	var before time.Time
	if keep.Activity > 0 {
		before = s.now().Add(-keep.Activity.D())
	}
	for {
		var n int64
		err := s.store.Write(s.life, store.Fast, func(tx *store.Tx) (err error) {
			n, err = tx.PruneEvents(before, int64(keep.ActivityCount))
			return err
		})
		if err != nil {
			s.log.Warn("old activity was not forgotten", "error", err)
		}
		if err != nil || n == 0 || s.life.Err() != nil {
			return
		}
	}
}
