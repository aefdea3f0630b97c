package vfs

import (
	"errors"
	"io/fs"

	"portico/backend/vfs/driver"
)

// The one vocabulary of errors that leaves the core, besides fs.ErrNotExist, fs.ErrExist and
// fs.ErrPermission. Each door has one small table from these to its own codes and texts.
// Ask with errors.Is; the wrapping *Error carries verb and path.
var (
	ErrQuota        = errors.New("quota exceeded")
	ErrTooLarge     = errors.New("too large")
	ErrLocked       = errors.New("locked")
	ErrName         = errors.New("name not allowed")
	ErrBusy         = errors.New("busy")
	ErrNoSpace      = errors.New("no space left")
	ErrInfected     = errors.New("infected")
	ErrPrecondition = errors.New("precondition failed")
	ErrAbsent       = errors.New("volume absent")
	ErrReadOnly     = errors.New("read-only")          // the volume cannot be written; the text says why
	ErrKind         = errors.New("wrong kind")         // a file where a folder is needed, or the reverse
	ErrNotEmpty     = errors.New("not empty")          //
	ErrRange        = errors.New("outside the file")   // an offset that cannot be
	ErrIncomplete   = errors.New("incomplete")         // fewer or more bytes than announced, or a digest that differs
	ErrClosed       = errors.New("ended")              // session closed, transfer stopped, rights revoked
	ErrBoundary     = errors.New("crosses a boundary") // a subtree verb meets a mount, a grant or a share of somebody else
)

// Error is what every verb returns: which verb, where, and why.
type Error struct {
	Verb string // "open", "create", "rename" …
	Path string // as the session asked it, never a path of the disk
	Err  error  // one of the vocabulary, possibly wrapped with a sentence
	Text string // a sentence for a person, where the vocabulary alone would not tell enough; "" otherwise
	Held string // ErrLocked, ErrBusy, ErrBoundary: by whom or by what
}

func (e *Error) Error() string {
	s := e.Verb + " " + e.Path + ": " + e.Err.Error()
	if e.Text != "" {
		s += ": " + e.Text
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// translate maps what a driver or the system said to the vocabulary.
func translate(err error) error {
	for from, to := range map[error]error{
		driver.ErrAbsent: ErrAbsent, driver.ErrNoSpace: ErrNoSpace, driver.ErrName: ErrName,
		driver.ErrBusy: ErrBusy, driver.ErrReadOnly: ErrReadOnly, driver.ErrKind: ErrKind,
		driver.ErrNotEmpty: ErrNotEmpty, driver.ErrOutside: fs.ErrNotExist,
	} {
		if errors.Is(err, from) {
			return to
		}
	}
	return err
}
