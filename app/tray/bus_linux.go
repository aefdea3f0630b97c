//go:build desktop

package tray

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// bus is our own look at the session bus: who shows icons.
type bus struct{ c *dbus.Conn }

// dialBus finds the session bus; it never starts one. systray must not run without: ending it would
// panic.
func dialBus() (*bus, error) {
	c, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, err
	}
	if err = c.Auth(nil); err == nil {
		err = c.Hello()
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return &bus{c}, nil
}

const watcher = "org.kde.StatusNotifierWatcher"

func (b *bus) hosted(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var v dbus.Variant
	err := b.c.Object(watcher, "/StatusNotifierWatcher").CallWithContext(ctx,
		"org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, watcher, "IsStatusNotifierHostRegistered").Store(&v)
	yes, _ := v.Value().(bool)
	return err == nil && yes
}

func (b *bus) close() { b.c.Close() }
