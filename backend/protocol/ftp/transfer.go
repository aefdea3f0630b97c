package ftp

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"portico/backend/vfs"
)

// errClear is a transfer in the clear where that is not wanted.
var errClear = errors.New("files and lists must be encrypted")

// exchange opens the data connection, says so, and lets move use it. Meanwhile the control connection
// is watched, whose word counts more than what became of the data.
func (c *client) exchange(opening string, move func(w *watch, d *data) error) error {
	defer c.dropData()
	if c.d.o.Security == Required && !c.private {
		return errClear
	}
	w := c.watch()
	defer w.end()
	err := c.carry(w, opening, move)
	if why := w.err(); why != nil {
		return why
	}
	return err
}

func (c *client) carry(w *watch, opening string, move func(w *watch, d *data) error) error {
	tcp, err := c.connect(w.ctx)
	if err != nil {
		return err
	}
	c.reply(150, opening)
	d := newData(tcp, c.d.o.Times.Stall)
	if c.private {
		if err = c.secureData(w.ctx, d); err != nil {
			cut(tcp)
			return errors.Join(errSecure, err)
		}
	}
	defer context.AfterFunc(w.ctx, d.finish)()
	if err = move(w, d); err != nil {
		c.failed = d
		return err
	}
	d.end(true)
	return nil
}

// conclude answers a transfer that did not end well. what says what became of it. The data connection
// is cut behind the answer: programs that see it break before they hear why begin again.
func (c *client) conclude(err error, what string) {
	defer c.cutFailed()
	var told *vfs.Error
	switch {
	case errors.As(err, &told):
		c.fail(err)
		c.linger()
	case errors.Is(err, errAborted):
		c.reply(426, sentences("The transfer was stopped.", what))
	case errors.Is(err, errLost) || c.ctx.Err() != nil:
		c.over = true // nobody hears it any more
	case errors.Is(err, errClear):
		c.reply(521, "This door encrypts files and lists: send PBSZ 0 and PROT P first.")
	case errors.Is(err, errNoData):
		c.reply(425, "Ask for a data connection first: PASV or EPSV.")
	case errors.Is(err, errOpen):
		c.reply(425, "No data connection came about. If there is a firewall on the way, try the other mode (passive or active).")
	case errors.Is(err, errReuse):
		c.reply(522, "Data connections must continue the TLS session of this one; the client began another.")
	case errors.Is(err, errSecure):
		c.reply(522, "The data connection could not be encrypted.")
	case errors.Is(err, errShort):
		c.reply(426, sentences("Less came than was announced.", what))
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.reply(426, sentences("Nothing moved for a long time.", what))
	case errors.Is(err, io.ErrUnexpectedEOF):
		c.reply(426, sentences("The data connection ended without its last word, so it may have been cut.", what))
	default:
		c.reply(426, sentences("The data connection was cut.", what))
	}
}

// linger gives the client a moment to hear why its data connection is going to break.
func (c *client) linger() {
	if c.failed == nil {
		return
	}
	_ = c.failed.tcp.SetDeadline(time.Now().Add(3 * soon))
	// Until the client closes it, or the moment is over.
	_, _ = io.Copy(io.Discard, struct{ io.Reader }{c.failed.tcp})
}

func (c *client) cutFailed() {
	if c.failed != nil {
		c.failed.end(false)
		c.failed = nil
	}
}
