package ftp

import (
	"context"
	"errors"
	"os"
	"time"
)

// What ends a transfer from the control connection.
var (
	errAborted = errors.New("the client asked for an end")
	errLost    = errors.New("the client is gone")
)

// mostQueued is how many commands may come during a transfer; they are run behind it.
const mostQueued = 32

// watch reads the control connection while something is transferred: for ABOR, and to see that the
// client is still there.
type watch struct {
	c      *client
	ctx    context.Context // ends with ABOR (errAborted) and with the connection (errLost)
	cancel context.CancelCauseFunc
	done   chan struct{}
}

func (c *client) watch() *watch {
	ctx, cancel := context.WithCancelCause(c.ctx)
	w := &watch{c, ctx, cancel, make(chan struct{})}
	_ = c.conn.SetReadDeadline(time.Time{})
	go func() {
		defer close(w.done)
		for {
			line, err := c.in.next()
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return // end
			}
			verb, _ := split(line)
			switch {
			case err != nil && !errors.Is(err, errLong), len(c.queue) >= mostQueued:
				cancel(errLost)
				return
			case verb == "ABOR":
				cancel(errAborted)
			}
			c.queue = append(c.queue, line)
			if verb == "QUIT" {
				return // nothing comes behind it
			}
		}
	}()
	return w
}

// end gives the control connection back.
func (w *watch) end() {
	_ = w.c.conn.SetReadDeadline(time.Unix(1, 0))
	<-w.done
	w.cancel(nil)
}

// err is why the transfer must end; nil while it may go on.
func (w *watch) err() error { return context.Cause(w.ctx) }
