package store

import (
	"context"
	"math"

	"portico/backend/event"
)

// Past returns up to limit events with an id below before (0: from the newest on), newest first;
// with identity set only those of that party (access.Identity.String).
func (s *Store) Past(ctx context.Context, before int64, identity string, limit int) ([]event.Event, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	var out []event.Event
	err := s.Read(ctx, func(tx *Tx) (err error) {
		if identity == "" {
			out, err = tx.events(`SELECT `+eventColumns+` FROM event WHERE id < ? ORDER BY id DESC LIMIT ?`, before, limit)
			return err
		}
		out, err = tx.events(`SELECT `+eventColumns+` FROM event WHERE identity = ? AND id < ? ORDER BY id DESC LIMIT ?`,
			identity, before, limit)
		return err
	})
	return out, err
}
