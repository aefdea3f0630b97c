package native

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// awakeLinger is how long after the last byte the computer may sleep again.
const awakeLinger = 30 * time.Second

// awakeRetry is how long nothing is asked after nobody could keep the computer awake.
const awakeRetry = time.Minute

// Awake keeps the computer from falling asleep by itself while bytes move. It does not keep the screen
// lit, and nobody from sending the computer to sleep by closing it. Moved and Held are safe for
// concurrent use.
type Awake struct {
	hold  func(ctx context.Context) (release func(), by string, err error)
	log   *slog.Logger
	moved chan struct{}

	mu sync.Mutex
	by string
}

// NewAwake makes an Awake that asks on these buses, each of which may be nil; systems without buses need
// none.
func NewAwake(system, session *Bus, log *slog.Logger) *Awake {
	return &Awake{hold: holder(system, session), log: log, moved: make(chan struct{}, 1)}
}

// Moved says that bytes moved just now. A transfer that stands still must not call it.
func (a *Awake) Moved() {
	select {
	case a.moved <- struct{}{}:
	default:
	}
}

// Held names who keeps the computer awake at the moment; "" is nobody.
func (a *Awake) Held() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.by
}

// Run keeps the computer awake as Moved says, until ctx ends. It has let go when it returns.
func (a *Awake) Run(ctx context.Context) {
	var release func()
	var retry time.Time
	let := func() {
		if release != nil {
			release()
			release = nil
			a.now("")
		}
	}
	defer let()
	quiet := time.NewTimer(0)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-quiet.C:
			let()
			continue
		case <-a.moved:
			quiet.Reset(awakeLinger)
		}
		if release != nil || time.Now().Before(retry) {
			continue
		}
		free, by, err := a.hold(ctx)
		if err != nil {
			retry = time.Now().Add(awakeRetry)
			a.log.Debug("nothing keeps this computer awake while files move", "error", err)
			continue
		}
		release = free
		a.now(by)
	}
}

func (a *Awake) now(by string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.by = by
}
