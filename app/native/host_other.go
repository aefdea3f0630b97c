//go:build windows || darwin

package native

import (
	"context"
	"runtime"
)

// ReadHost says what these systems always offer. On macOS the tray is not used: its menu bar belongs to
// the main thread, which the window has.
func ReadHost(context.Context, *Bus) Host {
	return Host{Bus: true, Tray: runtime.GOOS == "windows", Notifications: true}
}

// WatchHost tells it once and closes the channel when ctx ends.
func WatchHost(ctx context.Context, b *Bus) <-chan Host {
	out := make(chan Host, 1)
	out <- ReadHost(ctx, b)
	context.AfterFunc(ctx, func() { close(out) })
	return out
}
