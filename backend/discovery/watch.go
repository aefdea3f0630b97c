package discovery

import (
	"context"
	"time"
)

// Watch calls changed with the new table, met, whenever the choice of addresses or the networks that
// they belong to may have changed, and once at its begin, until ctx ends. Changes that come in a burst (a Wi-Fi that reconnects) are told once, when they settle.
func Watch(ctx context.Context, changed func(Table)) {
	last, _ := Read()
	Meet(ctx, last)
	news := make(chan struct{}, 1)
	go listen(ctx, news)
	changed(last)
	for {
		select {
		case <-ctx.Done():
			return
		case <-news:
		}
		settle(ctx, news)
		now, err := Read()
		if err != nil {
			continue
		}
		if Meet(ctx, now); now.Same(last) {
			continue
		}
		last = now
		changed(now)
	}
}

// settle waits until no news came for a moment.
func settle(ctx context.Context, news <-chan struct{}) {
	const quiet = 300 * time.Millisecond
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-news:
			timer.Reset(quiet)
		case <-timer.C:
			return
		}
	}
}

func tell(news chan<- struct{}) {
	select {
	case news <- struct{}{}:
	default: // one is waiting already
	}
}
