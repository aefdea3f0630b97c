package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"modernc.org/sqlite"

	"portico/backend/event"
)

// A read sees one moment, whatever is written meanwhile, and cannot write.
func TestReadIsAMoment(t *testing.T) {
	s := open(t, Options{})
	appendAll(t, s, event.Event{Kind: event.Notice})
	err := s.Read(t.Context(), func(tx *Tx) error {
		count := func() (n int) {
			if err := tx.row(`SELECT count(*) FROM event`).Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		before := count()
		appendAll(t, s, event.Event{Kind: event.Notice})
		if after := count(); before != 1 || after != 1 {
			t.Errorf("%d, then %d", before, after)
		}
		if _, err := tx.exec(`DELETE FROM event`); err == nil {
			t.Error("a read wrote")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.NewestEvent(t.Context()); err != nil || n != 2 {
		t.Errorf("%d, %v", n, err)
	}
}

// The same query may run inside itself, rows may be left open, and a statement is prepared once.
func TestStatements(t *testing.T) {
	s := open(t, Options{})
	appendAll(t, s, make([]event.Event, 20)...)
	const query = `SELECT id FROM event WHERE id > ? ORDER BY id`
	visit := func(tx *Tx) error {
		var visited []int64
		var down func(after int64, depth int) error
		down = func(after int64, depth int) error {
			rows, err := tx.query(query, after)
			if err != nil {
				return err
			}
			defer rows.Close()
			for n := 0; n < 2 && rows.Next(); n++ {
				var id int64
				if err := rows.Scan(&id); err != nil {
					return err
				}
				visited = append(visited, id)
				if depth > 0 {
					if err := down(id, depth-1); err != nil {
						return err
					}
				}
			}
			return rows.Err()
		}
		if err := down(0, 2); err != nil {
			return err
		}
		if got := fmt.Sprint(visited); got != "[1 2 3 4 3 4 5 2 3 4 5 4 5 6]" {
			return fmt.Errorf("visited %s", got)
		}
		left, err := tx.query(query, 0)
		if err != nil {
			return err
		}
		left.Next() // never closed
		return nil
	}
	for range 10 {
		if err := errors.Join(s.Read(t.Context(), visit), s.Write(t.Context(), Fast, visit)); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Write(t.Context(), Fast, func(tx *Tx) error {
		if n := len(tx.tx.idle[query]); n != 3 {
			t.Errorf("%d prepared statements for three levels", n)
		}
		for i := range 3 * maxStatements {
			if err := tx.row(fmt.Sprintf(`SELECT %d`, i)).Scan(new(int)); err != nil {
				return err
			}
		}
		if tx.tx.kept > maxStatements {
			t.Errorf("%d statements are kept", tx.tx.kept)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRowOfNothing(t *testing.T) {
	s := open(t, Options{})
	err := s.Read(t.Context(), func(tx *Tx) error { return tx.row(`SELECT id FROM event`).Scan(new(int64)) })
	if !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("got %v", err)
	}
}

// running hears of every row that a query with running() comes to: only then can it be interrupted.
var running = func() chan struct{} {
	heard := make(chan struct{}, 1)
	sqlite.MustRegisterScalarFunction("running", 0, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		select {
		case heard <- struct{}{}:
		default:
		}
		return int64(1), nil
	})
	return heard
}()

// More readers than connections take turns; one that waits can give up; one that runs is interrupted.
func TestReadEndsWithContext(t *testing.T) {
	s := open(t, Options{})
	begun, end := make(chan struct{}, readConnections), make(chan struct{})
	var wg sync.WaitGroup
	for range readConnections {
		wg.Go(func() {
			if err := s.Read(context.Background(), func(*Tx) error { begun <- struct{}{}; <-end; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	for range readConnections {
		<-begun
	}
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	go func() { errs <- s.Read(ctx, func(*Tx) error { return nil }) }()
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("waiting: %v", err)
	}
	close(end)
	wg.Wait()

	const endless = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(running()) FROM n`
	for range 2 * readConnections {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-running; cancel() }()
		err := s.Read(ctx, func(tx *Tx) error { return tx.row(endless).Scan(new(int)) })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("running: %v", err)
		}
		select { // what was said after the first word
		case <-running:
		default:
		}
	}
	if _, err := s.Events(t.Context(), 0, 1); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A panic reaches the caller and costs nothing but its connection.
func TestReadPanic(t *testing.T) {
	s := open(t, Options{})
	for range 2 * readConnections {
		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("got %v", p)
				}
			}()
			_ = s.Read(t.Context(), func(*Tx) error { panic("boom") })
		}()
	}
	if _, err := s.Events(t.Context(), 0, 1); err != nil {
		t.Error(err)
	}
}

func TestErrorsAreNamed(t *testing.T) {
	s := open(t, Options{})
	err := s.Write(t.Context(), Fast, func(tx *Tx) error {
		_, err := tx.exec(`INSERT INTO setting (scope, key, value, changed) VALUES ('a', 'b', '1', 0), ('a', 'b', '2', 0)`)
		return err
	})
	if !isTaken(err) {
		t.Errorf("got %v", err)
	}
	err = s.Write(t.Context(), Fast, func(tx *Tx) error {
		_, err := tx.exec(`INSERT INTO setting (scope, key, value, changed) VALUES (NULL, 'b', '1', 0)`)
		return err
	})
	if err == nil || isTaken(err) || !strings.Contains(err.Error(), "NOT NULL") {
		t.Errorf("got %v", err)
	}
}
