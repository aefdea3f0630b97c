// Package store is the database: the only SQL of the program.
//
// portico.db holds the truth (nodes, grants, accounts, shares, events, pending writes, locks): FULL
// synchronous, WAL, one writer at a time that groups the commits of everybody who waits. Each noun
// has its own file with typed methods on *Tx; nobody outside sees a query. The dialect of SQL and
// the migrations are hidden here too, so that a second engine can follow.
//
// Inside the package a noun's file speaks to the database through tx.exec, tx.query and tx.row
// (statement.go): statements are prepared once per connection and kept, so their text must be
// constant, with values as arguments.
//
// It knows no file that is served and decides nothing.
package store

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"portico/backend/event"
)

// Options for Open.
type Options struct {
	Dir string // data folder; portico.db lies here, mode 0600
	Log *slog.Logger
	// Appended is called after a committed batch that appended events, with these, in order, and before
	// those who appended them go on: it must not block, nor keep the slice. event.Bus.Publish fits.
	Appended func([]event.Event)
	// CheckAfter is how long after a start a database that was closed in order is read as a whole.
	// 0: half a minute.
	CheckAfter time.Duration
}

// Durability of one write.
type Durability uint8

const (
	Durable Durability = iota // survives power loss when Write returns
	Fast                      // survives kill -9 when Write returns, power loss within seconds
)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dir     string
	log     *slog.Logger
	lock    *lockFile
	writer  *writer
	readers *readers

	stopVerify func()      // ends the check in the background
	suspect    atomic.Bool // that found damage
}

// Tx is one transaction: typed methods per noun, found in the file named after it.
// A Tx is only valid inside the function it was handed to, and only on that goroutine.
type Tx struct {
	tx  *conn
	ctx context.Context
	w   *writer // nil in a read transaction
}

// Write runs fn in a transaction that is committed together with those of everybody who waits at
// that moment. fn runs on the goroutine of one of them inside a savepoint: it must be quick, do no I/O
// of its own and must not call Write. Its error, or panic, rolls back only its own part and is
// returned (a panic as an error).
//
// A ctx that ends while fn waits for its turn takes it out of the queue; once fn has begun, Write
// returns what became of it. After Close it returns ErrClosed.
func (s *Store) Write(ctx context.Context, d Durability, fn func(*Tx) error) error {
	return s.writer.write(ctx, d, fn)
}

// Read runs fn in a read transaction: everything it sees is one moment of the database. ctx ends
// waiting for a connection and interrupts running queries.
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	return s.readers.read(ctx, fn)
}

// Close waits for the writes that are queued, makes everything durable and closes the database.
// Calling it again does nothing.
func (s *Store) Close() error {
	s.stopVerify()
	err := s.writer.close()
	if err == errAlreadyClosed {
		return nil
	}
	err = joinFirst(s.readers.close(), err, s.writer.disconnect())
	if err == nil && !s.suspect.Load() {
		if nerr := noteClosed(filepath.Join(s.dir, fileName)); nerr != nil {
			s.log.Warn("the next start will read the whole database", "err", nerr)
		}
	}
	return joinFirst(err, s.lock.release())
}
