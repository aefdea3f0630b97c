//go:build unix && !darwin

package native

import (
	"context"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// panel is a small tray host: the watcher's name, and whether somebody shows what registers there.
func panel(t *testing.T, address string) (conn *dbus.Conn, registered func(bool)) {
	t.Helper()
	conn = service(t, address, watcherName)
	const property = "IsStatusNotifierHostRegistered"
	p, err := prop.Export(conn, watcherPath, prop.Map{watcherName: {property: {Value: false, Emit: prop.EmitFalse}}})
	if err != nil {
		t.Fatal(err)
	}
	return conn, func(is bool) {
		t.Helper()
		p.SetMust(watcherName, property, is)
		member := ".StatusNotifierHostRegistered"
		if !is {
			member = ".StatusNotifierHostUnregistered"
		}
		if err := conn.Emit(watcherPath, watcherName+member); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHostIsFollowed(t *testing.T) {
	address := privateBus(t)
	b := join(t, address)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	hosts := WatchHost(ctx, b)
	expect := func(want Host, when string) {
		t.Helper()
		if got := within(t, hosts, when); got != want {
			t.Errorf("%s: %+v", when, got)
		}
	}
	expect(Host{Bus: true}, "an empty desktop")
	d := newDaemon(t, address)
	expect(Host{Bus: true, Notifications: true}, "a notification service")
	conn, registered := panel(t, address)
	registered(true)
	expect(Host{Bus: true, Tray: true, Notifications: true}, "a tray")
	d.conn.Close()
	expect(Host{Bus: true, Tray: true}, "the notification service went")
	registered(false)
	expect(Host{Bus: true}, "the tray's host went")
	registered(true)
	expect(Host{Bus: true, Tray: true}, "the tray's host came back")
	conn.Close()
	expect(Host{Bus: true}, "the watcher went")
	cancel()
	if got, open := <-hosts; open {
		t.Errorf("told after the end: %+v", got)
	}
}

func TestHostWithoutBus(t *testing.T) {
	if got := within(t, WatchHost(t.Context(), nil), "what there is"); got != (Host{}) {
		t.Errorf("without a bus: %+v", got)
	}
	address := privateBus(t)
	b := join(t, address)
	panel(t, address)
	hosts := WatchHost(t.Context(), b)
	if got := within(t, hosts, "what there is"); got != (Host{Bus: true}) {
		t.Errorf("with a bus: %+v", got)
	}
	b.Close()
	if got := within(t, hosts, "the end of the bus"); got != (Host{}) {
		t.Errorf("when the bus went: %+v", got)
	}
	if got, open := <-hosts; open {
		t.Errorf("told after the end: %+v", got)
	}
}

func TestTurns(t *testing.T) {
	address := privateBus(t)
	login, network := service(t, address, "org.freedesktop.login1"), service(t, address, "org.freedesktop.NetworkManager")
	stranger := join(t, address).conn
	b := join(t, address)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	turns := WatchTurns(ctx, b)
	emit := func(conn *dbus.Conn, path, name string, args ...any) {
		t.Helper()
		if err := conn.Emit(dbus.ObjectPath(path), name, args...); err != nil {
			t.Fatal(err)
		}
	}
	const prepare, manager = "org.freedesktop.login1.Manager.PrepareForSleep", "org.freedesktop.NetworkManager"
	emit(stranger, "/org/freedesktop/login1", prepare, true) // only logind is believed
	emit(login, "/org/freedesktop/login1", prepare, "nonsense")
	emit(login, "/org/freedesktop/login1", prepare, true)
	if got := within(t, turns, "sleep"); got != Sleeping {
		t.Error(got)
	}
	emit(login, "/org/freedesktop/login1", prepare, false)
	if got := within(t, turns, "waking"); got != Woke {
		t.Error(got)
	}
	emit(network, "/org/freedesktop/NetworkManager", manager+".StateChanged", uint32(70))
	if got := within(t, turns, "a network"); got != NetworkChanged {
		t.Error(got)
	}
	properties := func(name string) map[string]dbus.Variant {
		return map[string]dbus.Variant{name: dbus.MakeVariant("/x")}
	}
	const changed = "org.freedesktop.DBus.Properties.PropertiesChanged"
	emit(network, "/org/freedesktop/NetworkManager", changed, manager, properties("WwanEnabled"), []string{})
	emit(network, "/org/freedesktop/NetworkManager", changed, manager, properties("PrimaryConnection"), []string{})
	if got := within(t, turns, "another network"); got != NetworkChanged {
		t.Error(got)
	}
	cancel()
	if got, open := <-turns; open {
		t.Error("told after the end:", got)
	}
	if _, open := <-WatchTurns(t.Context(), nil); open {
		t.Error("without a bus something was told")
	}
}
