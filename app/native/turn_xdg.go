//go:build unix && !darwin

package native

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// WatchTurns tells of sleep (systemd-logind) and of networks (NetworkManager) until ctx or the system
// bus ends; then the channel is closed. Who is not there tells nothing.
func WatchTurns(ctx context.Context, system *Bus) <-chan Turn {
	out := make(chan Turn, 8)
	const login, network = "org.freedesktop.login1", "org.freedesktop.NetworkManager"
	err := system.follow(ctx, func(s *dbus.Signal) {
		if turn := turnOf(s); turn != "" {
			hand(ctx, out, turn)
		}
	}, func() { close(out) },
		signal{login, "/org/freedesktop/login1", login + ".Manager", "PrepareForSleep"},
		signal{network, "/org/freedesktop/NetworkManager", network, "StateChanged"},
		signal{network, "/org/freedesktop/NetworkManager", "org.freedesktop.DBus.Properties", "PropertiesChanged"})
	if err != nil {
		close(out)
	}
	return out
}

func turnOf(s *dbus.Signal) Turn {
	switch s.Name {
	case "org.freedesktop.login1.Manager.PrepareForSleep":
		var begins bool
		if dbus.Store(s.Body, &begins) != nil {
			return ""
		}
		if begins {
			return Sleeping
		}
		return Woke
	case "org.freedesktop.NetworkManager.StateChanged":
		return NetworkChanged
	case "org.freedesktop.DBus.Properties.PropertiesChanged":
		var name string
		var changed map[string]dbus.Variant
		var gone []string
		if dbus.Store(s.Body, &name, &changed, &gone) == nil && name == "org.freedesktop.NetworkManager" {
			if _, ok := changed["PrimaryConnection"]; ok {
				return NetworkChanged
			}
		}
	}
	return ""
}
