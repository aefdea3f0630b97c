package discovery

import (
	"context"
	"time"
)

// poll is the way where no word comes from the system: a look every few seconds.
func poll(ctx context.Context, news chan<- struct{}) {
	ticker := time.NewTicker(4 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			tell(news)
		}
	}
}
