package store

import (
	"context"
	"errors"
	"time"

	"portico/backend/event"
)

const eventColumns = `id, time, kind, path, from_path, node, size, count, hash, door, remote, client,
	identity, name, batch, code, text`

// Append writes one event and fills in e.ID and e.Time. A time that was given is kept unless it lies
// before the previous event's, or in the future: the log's times never go backwards, whatever the
// clock does.
func (tx *Tx) Append(e *event.Event) error {
	if tx.w == nil {
		return errors.New("store: an event was appended in a read transaction")
	}
	now := time.Now()
	at := now.UnixNano()
	if !e.Time.IsZero() && e.Time.Before(now) {
		at = e.Time.UnixNano()
	}
	at = max(at, tx.w.lastTime)
	res, err := tx.exec(`INSERT INTO event (time, kind, path, from_path, node, size, count, hash, door, remote,
		client, identity, name, batch, code, text) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		at, string(e.Kind), e.Path, e.From, e.Node, e.Size, e.Count, e.Hash, e.Door, e.Remote,
		e.Client, e.Identity, e.Name, e.Batch, e.Code, e.Text)
	if err != nil {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	e.ID, e.Time = id, time.Unix(0, at).UTC()
	tx.w.lastTime = at
	tx.w.fresh = append(tx.w.fresh, *e)
	return nil
}

// Events returns up to limit events after an id, oldest first. It is event.Source.
func (s *Store) Events(ctx context.Context, after int64, limit int) ([]event.Event, error) {
	var out []event.Event
	err := s.Read(ctx, func(tx *Tx) (err error) {
		out, err = tx.events(`SELECT `+eventColumns+` FROM event WHERE id > ? ORDER BY id LIMIT ?`, after, limit)
		return err
	})
	return out, err
}

func (tx *Tx) events(query string, args ...any) ([]event.Event, error) {
	rows, err := tx.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []event.Event
	for rows.Next() {
		var e event.Event
		var at int64
		if err := rows.Scan(&e.ID, &at, &e.Kind, &e.Path, &e.From, &e.Node, &e.Size, &e.Count, &e.Hash, &e.Door,
			&e.Remote, &e.Client, &e.Identity, &e.Name, &e.Batch, &e.Code, &e.Text); err != nil {
			return nil, err
		}
		e.Time = time.Unix(0, at).UTC()
		out = append(out, e)
	}
	return out, rows.Err()
}

// loadEvents reads where the log stands, before anybody writes.
func (w *writer) loadEvents(ctx context.Context) error {
	err := w.c.QueryRowContext(ctx, `SELECT coalesce(max(time), 0) FROM (SELECT time FROM event ORDER BY id DESC LIMIT 1)`).
		Scan(&w.lastTime)
	if ahead := time.Until(time.Unix(0, w.lastTime)); err == nil && ahead > time.Minute {
		w.log.Warn("the newest event is of a time to come: the clock was wrong then, or is now; "+
			"new events get that time until it has come", "event", time.Unix(0, w.lastTime), "ahead", ahead)
	}
	return err
}

// NewestEvent returns the id of the newest event, 0 when there is none. It is event.Newest.
func (s *Store) NewestEvent(ctx context.Context) (id int64, err error) {
	err = s.Read(ctx, func(tx *Tx) error {
		return tx.row(`SELECT coalesce(max(id), 0) FROM event`).Scan(&id)
	})
	return id, err
}
