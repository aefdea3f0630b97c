//go:build linux

package smb

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// most is for how many connections in a row smbd may end without a word, before it is tried whether that is
// the clients' doing.
const most = 3

// How long nobody is let in until smbd is tried again: twice as long from time to time.
const (
	firstPause   = time.Second
	longestPause = time.Minute
)

// trouble is what is wrong with smbd. While it cannot be run, nobody is let in: each would cost a program, and
// get no answer. It is safe for concurrent use.
type trouble struct {
	try  func(ctx context.Context) error // whether smbd works
	tell func(why error)                 // when that changes; nil: it works again
	ctx  context.Context                 // ends with the door
	end  context.CancelFunc

	mu     sync.Mutex
	row    int   // connections
	trying bool  // mend runs
	why    error // nil while it works, as far as is known
	pause  time.Duration
	worked time.Time // when it worked again, the last time
	work   sync.WaitGroup
}

func newTrouble(try func(context.Context) error, tell func(error)) *trouble {
	t := &trouble{try: try, tell: tell}
	t.ctx, t.end = context.WithCancel(context.Background())
	return t
}

// now returns why nobody can come in, nil where they can.
func (t *trouble) now() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.why
}

// ended is told of each connection whether smbd spoke on it, and why it ended if it should not have.
func (t *trouble) ended(spoke bool, why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if spoke {
		t.row = 0
		return
	}
	if why != nil {
		t.row++
	}
	if t.row < most || t.trying || t.ctx.Err() != nil {
		return
	}
	if time.Since(t.worked) > longestPause {
		t.pause = firstPause
	}
	t.trying = true
	t.work.Go(t.mend)
}

// mend tries smbd until it works.
func (t *trouble) mend() {
	for {
		ctx, cancel := context.WithTimeout(t.ctx, longestPause)
		err := t.try(ctx)
		cancel()
		if t.ctx.Err() != nil {
			return
		}
		pause, changed := t.tried(err)
		if changed {
			t.tell(t.now())
		}
		if err == nil {
			return
		}
		select {
		case <-t.ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// tried notes what came of a try, and returns how long to wait for the next, and whether anything is new.
func (t *trouble) tried(err error) (pause time.Duration, changed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	changed = (err == nil) != (t.why == nil)
	if err == nil {
		if changed {
			t.worked = time.Now()
		}
		t.why, t.row, t.trying = nil, 0, false
		return 0, changed
	}
	t.why = fmt.Errorf("Samba does not work any more (%w), so nobody comes in by SMB. Portico tries again by itself. "+
		"If that does not help, install Samba anew. On Debian and Ubuntu: apt install --reinstall samba", err)
	pause = t.pause
	t.pause = min(2*pause, longestPause)
	return pause, changed
}

// stop ends the tries, when no connection is left.
func (t *trouble) stop() {
	t.end()
	t.work.Wait()
}
