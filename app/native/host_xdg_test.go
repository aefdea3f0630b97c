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
