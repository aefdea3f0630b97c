package store

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"portico/backend/event"
)

// EventQuery asks for a page of Activity.
type EventQuery = event.Query

// scanStep is how many events are looked at in one go where the filter is not SQL's.
const scanStep = 2000

// Activity returns the events that a query asks for. It is event.Log.
func (s *Store) Activity(ctx context.Context, q EventQuery) ([]event.Event, error) {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	if q.Before <= 0 {
		q.Before = math.MaxInt64
	}
	var out []event.Event
	err := s.Read(ctx, func(tx *Tx) (err error) {
		if err := tx.place(&q); err != nil {
			return err
		}
		if strings.ContainsFunc(q.Text, beyondASCII) {
			out, err = tx.scanActivity(q)
			return err
		}
		out, err = tx.activity(q)
		return err
	})
	return out, err
}

// place turns the moments of a query into ids. Times never go backwards, so a moment is a place in the
// log, which a few looks find; an index of times would cost every event.
func (tx *Tx) place(q *EventQuery) error {
	if !q.Since.IsZero() {
		id, err := tx.firstEvent(q.Since)
		if err != nil {
			return err
		}
		q.After = max(q.After, id-1)
	}
	if !q.Until.IsZero() {
		id, err := tx.firstEvent(q.Until)
		if err != nil {
			return err
		}
		q.Before = min(q.Before, id)
	}
	return nil
}

// firstEvent returns the id of the first event that is not before a moment, or one above all.
func (tx *Tx) firstEvent(at time.Time) (int64, error) {
	var low, high int64 // of what may still be the place
	if err := tx.row(`SELECT coalesce(min(id), 1), coalesce(max(id), 0) + 1 FROM event`).Scan(&low, &high); err != nil {
		return 0, err
	}
	for low < high {
		half := low + (high-low)/2
		var id, t int64
		// Ids may have gaps; the newest event lies below high, so that there is one.
		if err := tx.row(`SELECT id, time FROM event WHERE id >= ? ORDER BY id LIMIT 1`, half).Scan(&id, &t); err != nil {
			return 0, err
		}
		if time.Unix(0, t).Before(at) {
			low = id + 1
		} else {
			high = half
		}
	}
	return low, nil
}

func beyondASCII(r rune) bool { return r >= utf8.RuneSelf }

// activity lets the engine do all of it. The engine folds the case of ASCII letters only, so every
// other letter of the text matches anything.
func (tx *Tx) activity(q EventQuery) ([]event.Event, error) {
	var where strings.Builder
	var args []any
	add := func(condition string, values ...any) {
		where.WriteString(" AND " + condition)
		args = append(args, values...)
	}
	add("id < ?", q.Before)
	if q.After > 0 {
		add("id > ?", q.After)
	}
	if len(q.Kinds) > 0 {
		kinds, err := json.Marshal(q.Kinds)
		if err != nil {
			return nil, err
		}
		add("kind IN (SELECT value FROM json_each(?))", string(kinds))
	}
	if q.Path != "" && q.Path != "/" {
		low, high := q.Path+"/", q.Path+"0" // '0' follows '/'
		add("(path = ? OR path >= ? AND path < ? OR from_path = ? OR from_path >= ? AND from_path < ?)",
			q.Path, low, high, q.Path, low, high)
	}
	if q.Door != "" {
		add("door = ?", q.Door)
	}
	if q.Batch != "" {
		add("batch = ?", q.Batch)
	}
	if q.Identity != "" {
		add("identity = ?", q.Identity)
	}
	if q.Who != "" {
		add("(identity = ? OR name = ? COLLATE NOCASE)", q.Who, q.Who)
	}
	if q.Text != "" {
		add(`(name || char(10) || client || char(10) || remote || char(10) || text || char(10) || code
			|| char(10) || from_path || char(10) || path) LIKE ? ESCAPE '\'`, "%"+likePattern(q.Text)+"%")
	}
	order := "DESC"
	if q.Oldest {
		order = "ASC"
	}
	return tx.events(`SELECT `+eventColumns+` FROM event WHERE 1`+where.String()+` ORDER BY id `+order+` LIMIT ?`,
		append(args, q.Limit)...)
}

func likePattern(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case beyondASCII(r):
			b.WriteByte('%')
			continue
		case r == '%' || r == '_' || r == '\\':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// scanActivity compares the text once more here, where every letter has its case.
func (tx *Tx) scanActivity(q EventQuery) (out []event.Event, err error) {
	text, limit := strings.ToLower(q.Text), q.Limit
	q.Limit = scanStep
	for {
		page, err := tx.activity(q)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if strings.Contains(strings.ToLower(strings.Join(
				[]string{e.Path, e.From, e.Name, e.Client, e.Remote, e.Text, e.Code}, "\n")), text) {
				if out = append(out, e); len(out) == limit {
					return out, nil
				}
			}
		}
		if len(page) < scanStep {
			return out, nil
		}
		if last := page[len(page)-1].ID; q.Oldest {
			q.After = last
		} else {
			q.Before = last
		}
	}
}

// pruneStep is how many events one call removes at most, so that nobody waits long behind it.
const pruneStep = 1000

// PruneEvents removes events from before a moment (zero: none for their age) and all but the newest
// keep (0: none for their number), the oldest first. It removes a limited number and returns it:
// call it again, in a transaction of its own, until that is 0.
func (tx *Tx) PruneEvents(before time.Time, keep int64) (removed int64, err error) {
	cut := int64(0)
	if keep > 0 {
		// Ids have no gaps to speak of, so they count well enough; never more than keep stay.
		if err := tx.row(`SELECT coalesce(max(id), 0) - ? FROM event`, keep).Scan(&cut); err != nil {
			return 0, err
		}
	}
	at := int64(math.MinInt64)
	if !before.IsZero() {
		at = before.UnixNano()
	}
	// Times never go backwards, so the oldest are the ones with the smallest ids.
	res, err := tx.exec(`DELETE FROM event WHERE id IN
		(SELECT id FROM (SELECT id, time FROM event ORDER BY id LIMIT ?) WHERE time < ? OR id <= ?)`, pruneStep, at, cut)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
