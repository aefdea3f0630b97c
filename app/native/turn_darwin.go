package native

import "context"

// WatchTurns tells nothing on macOS; the channel is closed when ctx ends.
func WatchTurns(ctx context.Context, _ *Bus) <-chan Turn {
	out := make(chan Turn)
	context.AfterFunc(ctx, func() { close(out) })
	return out
}
