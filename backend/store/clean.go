package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"portico/backend/event"
)

// cleanSuffix is of a file beside the database that is written when it was closed in order. It holds
// the size and the time that the database had then: with any other, or with a log left, it is read as
// a whole before it is used.
const cleanSuffix = "-clean"

// checkAfter is how long after a start without that the database is read in the background.
const checkAfter = 30 * time.Second

// seal describes the database file as it is now.
func seal(path string) (string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d bytes, changed at %d ns\n", st.Size(), st.ModTime().UnixNano()), nil
}

// closedInOrder reports whether nothing has happened to a database since it was closed.
func closedInOrder(path string) bool {
	if _, err := os.Lstat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		return false
	}
	then, err := os.ReadFile(path + cleanSuffix)
	if err != nil {
		return false
	}
	now, err := seal(path)
	return err == nil && now == string(then)
}

// noteClosed writes that a database was closed in order. Without the note the next start reads it all.
func noteClosed(path string) error {
	text, err := seal(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path+cleanSuffix, []byte(text), 0o600)
}

// verifyLater reads a database that was taken on trust, in the background. What is damaged is told at
// once, in the log and as an event, and the next start insists on a repair.
func (s *Store) verifyLater(path string, after time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	s.stopVerify = func() {
		cancel()
		<-done
	}
	go func() {
		defer close(done)
		select {
		case <-ctx.Done():
			return
		case <-time.After(after):
		}
		err := check(ctx, path, true)
		if err == nil || ctx.Err() != nil {
			return
		}
		if !errors.Is(err, ErrDamaged) {
			s.log.Warn("the database could not be checked", "err", err)
			return
		}
		s.suspect.Store(true)
		s.log.Error(err.Error())
		told := s.Write(ctx, Durable, func(tx *Tx) error {
			return tx.Append(&event.Event{Kind: event.Notice, Text: err.Error()})
		})
		if told != nil {
			s.log.Warn("the damage could not be noted", "err", told)
		}
	}()
}
