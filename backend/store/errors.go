package store

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// Ask with errors.Is. The text of what Open returns tells a person what to do.
var (
	ErrDamaged = errors.New("the database is damaged")
	ErrNewer   = errors.New("the database is newer than this program")
	ErrLocked  = errors.New("another instance uses this data folder")
	ErrClosed  = errors.New("the store is closed")
	ErrNoSpace = errors.New("no space left for the database")
	ErrBusy    = errors.New("another program keeps the database locked")
)

var errAlreadyClosed = errors.New("already closed")

// OpenError is why a database could not be opened or mended.
type OpenError struct {
	Reason error  // ErrDamaged, ErrNewer, ErrLocked
	Text   string // a whole sentence or two for a person: what is wrong, what to do
	Cause  error  // what the engine or the system said; may be nil
}

func (e *OpenError) Error() string { return e.Text }

func (e *OpenError) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Cause}
}

// code returns the primary result code of the engine, 0 when err is none of its errors.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// translate wraps what the engine said in the words of this package.
func translate(err error) error {
	switch code(err) {
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		if !errors.Is(err, ErrDamaged) {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	case lib.SQLITE_BUSY:
		if !errors.Is(err, ErrBusy) {
			return fmt.Errorf("%w: %w", ErrBusy, err)
		}
	case lib.SQLITE_FULL:
		if !errors.Is(err, ErrNoSpace) {
			return fmt.Errorf("%w: %w", ErrNoSpace, err)
		}
	}
	return err
}

// endsTransaction reports whether the engine may have rolled back everything by itself
// (sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction").
func endsTransaction(err error) bool {
	switch code(err) {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_BUSY, lib.SQLITE_INTERRUPT,
		lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return true
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isTaken reports whether err says that a value which must be unique is there already.
func isTaken(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) &&
		(e.Code() == lib.SQLITE_CONSTRAINT_UNIQUE || e.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// joinFirst returns the first error that is one.
func joinFirst(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
