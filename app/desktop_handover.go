//go:build desktop

package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"portico/backend/server"
)

// handOver gives what was asked for to the instance that runs; false: none does. It comes before
// anything else is opened. One that is ending is waited for, however long its transfers take.
func handOver(ctx context.Context, con *console, p *place, what server.Handed) (told bool, err error) {
	dir, err := p.dir()
	if err != nil {
		return false, err
	}
	in, err := json.Marshal(what)
	if err != nil {
		return false, err
	}
	for waiting := false; ; {
		answer, err := post(ctx, dir, "/-/console/desktop.open", in)
		switch {
		case err == nil:
			var taken server.Taken
			if err := json.Unmarshal(answer, &taken); err != nil {
				return false, err
			}
			return true, handed(con, taken)
		case errors.Is(err, server.ErrNotRunning):
			return false, nil
		case !errors.Is(err, server.ErrEnding) && ctx.Err() == nil && lost(ctx, dir):
			return false, nil // it went away while it answered
		case !errors.Is(err, server.ErrEnding):
			return false, err
		}
		if !waiting {
			fmt.Fprintln(con.err, server.ErrEnding.Error()+"; this one starts when its transfers are done")
			waiting = true
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// lost reports whether nobody answers for the data folder any more.
func lost(ctx context.Context, dir string) bool {
	return errors.Is(server.Dial(ctx, dir), server.ErrNotRunning)
}

// handed says what became of what was handed over.
func handed(con *console, taken server.Taken) error {
	for _, link := range taken.Links {
		if _, err := fmt.Fprintln(con.out, link.URL); err != nil {
			return err
		}
	}
	if !taken.Window {
		fmt.Fprintln(con.err, "the Portico that runs here has no window; it was started by portico serve")
	}
	var failed error
	for _, r := range taken.Refused {
		failed = errors.Join(failed, fmt.Errorf("%s is not shared: %s", printable(r.Path), r.Problem))
	}
	return failed
}
