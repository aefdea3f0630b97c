//go:build linux

package desktoptest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

const watcher = "org.kde.StatusNotifierWatcher"

// entry is one line of the tray's menu.
type entry struct {
	id   int32
	text string
	on   bool
	kids []entry
}

// node is a line as com.canonical.dbusmenu has it.
type node struct {
	ID    int32
	Props map[string]dbus.Variant
	Kids  []dbus.Variant
}

func (n node) entry() (e entry) {
	e.id = n.ID
	e.text, _ = n.Props["label"].Value().(string)
	state, _ := n.Props["toggle-state"].Value().(int32)
	e.on = state == 1
	for _, k := range n.Kids {
		raw := k.Value().([]any)
		e.kids = append(e.kids, node{raw[0].(int32), raw[1].(map[string]dbus.Variant), raw[2].([]dbus.Variant)}.entry())
	}
	return e
}

func (e entry) find(path []string) (entry, bool) {
	if len(path) == 0 {
		return e, true
	}
	for _, k := range e.kids {
		if k.text == path[0] {
			return k.find(path[1:])
		}
	}
	return entry{}, false
}

// icon is what the panel has registered for Portico.
func (d *desk) icon() (item, menu dbus.BusObject, ok bool) {
	v, err := d.bus.Object(watcher, "/StatusNotifierWatcher").GetProperty(watcher + ".RegisteredStatusNotifierItems")
	list, _ := v.Value().([]string)
	if err != nil || len(list) == 0 {
		return nil, nil, false
	}
	name, path, _ := strings.Cut(list[len(list)-1], "/")
	item = d.bus.Object(name, dbus.ObjectPath("/"+path))
	at, err := item.GetProperty("org.kde.StatusNotifierItem.Menu")
	where, good := at.Value().(dbus.ObjectPath)
	return item, d.bus.Object(name, where), err == nil && good
}

// tray reads the menu.
func (d *desk) tray() (entry, bool) {
	_, menu, ok := d.icon()
	if !ok {
		return entry{}, false
	}
	var revision uint32
	var top node
	err := menu.Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &top)
	return top.entry(), err == nil
}

// line waits for an entry of the menu, by the words on the way to it, joined by slashes.
func (d *desk) line(path string) (found entry) {
	d.t.Helper()
	d.until("“"+path+"” in the tray", func() bool {
		top, ok := d.tray()
		if ok {
			found, ok = top.find(strings.Split(path, "/"))
		}
		return ok
	})
	return found
}

// click chooses an entry of the menu.
func (d *desk) click(path string) {
	d.t.Helper()
	e := d.line(path)
	_, menu, _ := d.icon()
	if err := menu.Call("com.canonical.dbusmenu.Event", 0, e.id, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err; err != nil {
		d.t.Fatal(err)
	}
}

// tooltip is what the icon says.
func (d *desk) tooltip() string {
	item, _, ok := d.icon()
	if !ok {
		return ""
	}
	v, _ := item.GetProperty("org.kde.StatusNotifierItem.ToolTip")
	if parts, ok := v.Value().([]any); ok && len(parts) > 2 {
		text, _ := parts[2].(string)
		return text
	}
	return ""
}

// notices is a notification service of our own: it keeps what it is shown.
type notices struct {
	bus  *dbus.Conn
	mu   sync.Mutex
	said []string
	may  map[string]uint32 // what the latest notice offers
}

func (n *notices) GetCapabilities() ([]string, *dbus.Error) { return []string{"actions", "body"}, nil }

func (n *notices) Notify(_ string, replaces uint32, _, title, body string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, title+"\n"+body)
	id := max(replaces, uint32(len(n.said)))
	n.may = map[string]uint32{}
	for i := 0; i < len(actions); i += 2 {
		n.may[actions[i]] = id
	}
	return id, nil
}

// press takes what the latest notice offers, if it does.
func (n *notices) press(action string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	id, ok := n.may[action]
	return ok && n.bus.Emit("/org/freedesktop/Notifications", "org.freedesktop.Notifications.ActionInvoked", id, action) == nil
}

func (n *notices) CloseNotification(uint32) *dbus.Error { return nil }

func (n *notices) GetServerInformation() (name, vendor, version, spec string, err *dbus.Error) {
	return "test", "test", "1", "1.2", nil
}

func (n *notices) has(words string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.ContainsFunc(n.said, func(s string) bool { return strings.Contains(s, words) })
}

// notified puts our notification service on the bus.
func (d *desk) notified(t *testing.T) *notices {
	t.Helper()
	const name = "org.freedesktop.Notifications"
	n := &notices{bus: d.bus}
	if err := d.bus.Export(n, "/org/freedesktop/Notifications", name); err != nil {
		t.Fatal(err)
	}
	if got, err := d.bus.RequestName(name, dbus.NameFlagReplaceExisting); err != nil || got != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(got, err)
	}
	return n
}
