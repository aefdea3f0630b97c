//go:build unix && !darwin

package native

import (
	"context"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// ReadHost looks at what the desktop offers. It starts nothing.
func ReadHost(ctx context.Context, session *Bus) Host {
	if session == nil || !session.conn.Connected() {
		return Host{}
	}
	h := Host{Bus: true}
	var registered dbus.Variant
	err := session.call(ctx, watcherName, watcherPath, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart,
		watcherName, "IsStatusNotifierHostRegistered").Store(&registered)
	if err == nil {
		h.Tray, _ = registered.Value().(bool)
	}
	var owned bool
	const bus = "org.freedesktop.DBus"
	if session.call(ctx, bus, "/org/freedesktop/DBus", bus+".NameHasOwner", 0, notifyName).Store(&owned) == nil && owned {
		h.Notifications = true
		return h
	}
	var startable []string // what the bus starts when it is asked
	if session.call(ctx, bus, "/org/freedesktop/DBus", bus+".ListActivatableNames", 0).Store(&startable) == nil {
		h.Notifications = slices.Contains(startable, notifyName)
	}
	return h
}

// WatchHost tells what the desktop offers, at once and whenever it changes, until ctx or the
// bus ends; then the channel is closed. When the bus goes, the last word is that nothing is offered.
func WatchHost(ctx context.Context, session *Bus) <-chan Host {
	out := make(chan Host, 1)
	news, gone := make(chan struct{}, 1), make(chan struct{})
	err := session.follow(ctx, func(s *dbus.Signal) {
		if concernsHost(s) {
			select {
			case news <- struct{}{}:
			default:
			}
		}
	}, func() { close(gone) },
		owner(),
		signal{watcherName, "", watcherName, "StatusNotifierHostRegistered"},
		signal{watcherName, "", watcherName, "StatusNotifierHostUnregistered"})
	if err != nil {
		close(gone)
	}
	go func() {
		defer close(out)
		last := ReadHost(ctx, session)
		if !hand(ctx, out, last) {
			return
		}
		for {
			select {
			case <-ctx.Done():
				<-gone
				return
			case <-gone:
				if last != (Host{}) {
					hand(ctx, out, Host{})
				}
				return
			case <-news:
			}
			if now := ReadHost(ctx, session); now != last && ctx.Err() == nil {
				last = now
				hand(ctx, out, now)
			}
		}
	}()
	return out
}

func concernsHost(s *dbus.Signal) bool {
	if strings.HasPrefix(s.Name, watcherName+".StatusNotifierHost") {
		return true
	}
	if s.Name != "org.freedesktop.DBus.NameOwnerChanged" || len(s.Body) == 0 {
		return false
	}
	name, _ := s.Body[0].(string)
	return name == watcherName || name == notifyName
}

// hand gives a value to a channel unless ctx ends first.
func hand[T any](ctx context.Context, out chan<- T, value T) bool {
	select {
	case out <- value:
		return true
	case <-ctx.Done():
		return false
	}
}
