package vfs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"portico/backend/store"
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
	ErrTooMany      = errors.New("too many at once")   // unfinished writes of one party
	ErrBoundary     = errors.New("crosses a boundary") // a subtree verb meets a mount, a grant or a share of somebody else
)

// Error is what every verb returns: which verb, where, and why.
type Error struct {
	Verb string // "open", "create", "rename" …
	Path string // as the session asked it, never a path of the disk
	Err  error  // one of the vocabulary, possibly wrapped with a sentence
	Text string // a sentence for a person, where the vocabulary alone would not tell enough; "" otherwise
	Held string // ErrLocked, ErrBusy, ErrBoundary: by whom or by what
	At   string // ErrLocked: the name, in the session's tree, that the lock was taken on; "" where that is not shown
}

func (e *Error) Error() string {
	s := e.Verb + " " + e.Path + ": " + e.Err.Error()
	if e.Text != "" {
		s += ": " + e.Text
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// translate maps what a driver or the system said to the vocabulary. What it does not know keeps its
// own words, without the disk's paths.
func translate(err error) error {
	for _, w := range words {
		if errors.Is(err, w.from) {
			return w.to
		}
	}
	var inPath *fs.PathError
	var inLink *os.LinkError
	switch {
	case errors.As(err, &inPath):
		return inPath.Err
	case errors.As(err, &inLink):
		return inLink.Err
	}
	return err
}

// words pairs the errors of the rooms below with the vocabulary. It is never changed.
var words = [...]struct{ from, to error }{
	{fs.ErrNotExist, fs.ErrNotExist},
	{fs.ErrExist, fs.ErrExist},
	{fs.ErrPermission, fs.ErrPermission},
	{driver.ErrOutside, fs.ErrNotExist},
	{driver.ErrAbsent, ErrAbsent},
	{driver.ErrNoSpace, ErrNoSpace},
	{driver.ErrName, ErrName},
	{driver.ErrBusy, ErrBusy},
	{driver.ErrReadOnly, ErrReadOnly},
	{driver.ErrKind, ErrKind},
	{driver.ErrNotEmpty, ErrNotEmpty},
	{driver.ErrOtherStorage, driver.ErrOtherStorage}, // never leaves: vfs copies
	{errors.ErrUnsupported, ErrRange},
	{store.ErrNoSpace, ErrNoSpace},
	{store.ErrBusy, ErrBusy},
	{store.ErrClosed, ErrClosed},
	{context.Canceled, ErrClosed},
	{context.DeadlineExceeded, ErrClosed},
}

// problem wraps what went wrong with the verb and the name as it was asked. An *Error from a guard
// keeps its words.
func problem(verb Verb, name string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return &Error{Verb: string(verb), Path: name, Err: e.Err, Text: e.Text, Held: e.Held, At: e.At}
	}
	word := translate(err)
	out := &Error{Verb: string(verb), Path: name, Err: word}
	if errors.Is(err, driver.ErrReadOnly) {
		out.Text = reason(err, driver.ErrReadOnly)
	}
	return out
}

// reason is what an error says besides the sentinel that it wraps.
func reason(err, sentinel error) string {
	text := strings.TrimSuffix(err.Error(), sentinel.Error())
	return strings.TrimRight(strings.TrimPrefix(text, sentinel.Error()), ": ")
}

// missing reports whether err says that nothing is there.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
