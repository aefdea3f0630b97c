package sftp

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"

	"portico/backend/problem"
	"portico/backend/vfs"
)

// Codes of a STATUS (section 7 of the draft).
const (
	statusOK          = 0
	statusEOF         = 1
	statusMissing     = 2
	statusDenied      = 3
	statusFailure     = 4
	statusBad         = 5
	statusUnsupported = 8
)

// refusal is an answer that the core was not asked for.
type refusal struct {
	code uint32
	text string
}

func (r refusal) Error() string { return r.text }

// What a client may not, cannot or need not do here.
var (
	errBad     = refusal{statusBad, "This packet cannot be read."}
	errUnknown = refusal{statusUnsupported, "This server does not know that request."}
	errHandle  = refusal{statusFailure, "There is no such open file or folder."}
	errMany    = refusal{statusFailure, "Too many files and folders are open. Close some of them first."}
	errLinks   = refusal{statusUnsupported, "Links are not made here; copy the file instead."}
	errTaken   = refusal{statusFailure, "There is something of the new name already."}
	errFolder  = refusal{statusFailure, "This is a folder."}
	errFile    = refusal{statusFailure, "This is no folder."}
	errCut     = refusal{statusFailure, "An upload that was to replace this file was cut. Send it from its beginning."}
	errGoneOff = refusal{statusFailure, "An earlier part of this file could not be written, so it was not kept."}
)

// status is the one table from errors to codes and words. Version 3 has few codes: what is no code is
// told in the text, which clients show. What has no words goes to the log.
func status(log *slog.Logger, err error) (code uint32, text string) {
	var r refusal
	switch {
	case err == nil:
		return statusOK, "Success"
	case err == io.EOF:
		return statusEOF, "End of file"
	case errors.As(err, &r):
		return r.code, r.text
	}
	p := problem.From(err)
	if p.Code == problem.Broken().Code {
		log.Error("a request failed", "error", err)
	}
	text = p.Detail
	if p.Next != "" {
		text += " " + p.Next
	}
	switch {
	case errors.Is(err, fs.ErrNotExist): // never vfs.ErrAbsent: what seems to be gone is removed elsewhere, too
		return statusMissing, text
	case errors.Is(err, fs.ErrPermission), errors.Is(err, vfs.ErrReadOnly), errors.Is(err, vfs.ErrLocked):
		return statusDenied, text
	}
	return statusFailure, text
}
