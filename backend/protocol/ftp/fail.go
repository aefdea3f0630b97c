package ftp

import (
	"errors"
	"io/fs"

	"portico/backend/problem"
	"portico/backend/vfs"
)

// codes is the door's table from the errors of the core to its replies (RFC 959 4.2.1): 4yz says that
// the same may work later, 5yz that it will not.
func codes() []struct {
	is   error
	code int
} {
	return []struct {
		is   error
		code int
	}{
		{vfs.ErrAbsent, 450},
		{vfs.ErrLocked, 450},
		{vfs.ErrBusy, 450},
		{vfs.ErrPrecondition, 450},
		{vfs.ErrTooMany, 452},
		{vfs.ErrQuota, 552},
		{vfs.ErrTooLarge, 552},
		{vfs.ErrNoSpace, 552},
		{vfs.ErrName, 553},
		{vfs.ErrInfected, 550},
		{vfs.ErrReadOnly, 550},
		{vfs.ErrKind, 550},
		{vfs.ErrNotEmpty, 550},
		{vfs.ErrRange, 554},
		{vfs.ErrIncomplete, 451},
		{vfs.ErrBoundary, 550},
		{vfs.ErrClosed, 550}, // the owner stopped it: programs that try again by themselves at 4yz must not
		{fs.ErrNotExist, 550},
		{fs.ErrExist, 550},
		{fs.ErrPermission, 550},
	}
}

// fail answers with what went wrong. A session that has ended has lost its rights: its client has to
// sign in again.
func (c *client) fail(err error) {
	if errors.Is(err, vfs.ErrClosed) && c.ended() {
		c.expel()
		return
	}
	code, text := c.words(err)
	c.reply(code, text)
}

// words are the code and the text of an error.
func (c *client) words(err error) (code int, text string) {
	code = 451
	for _, row := range codes() {
		if errors.Is(err, row.is) {
			code = row.code
			break
		}
	}
	p := problem.For(err, c.identity())
	if p.Status == 500 {
		c.d.log.Error("a command failed", "error", err)
	}
	return code, sentences(p.Detail, p.Next) + " [" + p.Code + "]"
}

// ended reports whether the session is over, and not only one transfer of it.
func (c *client) ended() bool {
	if c.session == nil {
		return false
	}
	select {
	case <-c.session.Done():
		return true
	default:
		return false
	}
}

// expel ends the conversation with who has lost what let them in.
func (c *client) expel() {
	c.reply(421, "What you may do here has changed. Connect and sign in again.")
	c.over = true
}

func sentences(one, two string) string {
	if two == "" {
		return one
	}
	return one + " " + two
}
