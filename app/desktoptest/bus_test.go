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
	bus *dbus.Conn

	mu   sync.Mutex
	said []notice
	shut map[uint32]bool
}

type notice struct {
	id     uint32
	text   string
	offers []string // keys and words of its buttons
}

const notifying = "org.freedesktop.Notifications"

func (n *notices) GetCapabilities() ([]string, *dbus.Error) { return []string{"actions", "body"}, nil }

func (n *notices) Notify(_ string, replaces uint32, _, title, body string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	id := max(replaces, uint32(len(n.said)+1))
	n.said = append(n.said, notice{id, title + "\n" + body, actions})
	return id, nil
}

// press takes what the latest notice offers, if it does.
func (n *notices) press(action string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.said) == 0 {
		return false
	}
	one := n.said[len(n.said)-1]
	return slices.Contains(one.offers, action) && n.bus.Emit("/org/freedesktop/Notifications", notifying+".ActionInvoked", one.id, action) == nil
}

func (n *notices) CloseNotification(id uint32) *dbus.Error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.shut[id] = true
	return nil
}

// find returns the latest notice that says something.
func (n *notices) find(words string) (found notice, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, one := range n.said {
		if strings.Contains(one.text, words) {
			found, ok = one, true
		}
	}
	return found, ok
}

// choose clicks a button of a notice.
func (n *notices) choose(t *testing.T, words, key string) {
	t.Helper()
	one, ok := n.find(words)
	if !ok {
		t.Fatalf("no notice says %q", words)
	}
	if err := n.bus.Emit("/org/freedesktop/Notifications", notifying+".ActionInvoked", one.id, key); err != nil {
		t.Fatal(err)
	}
}

// gone reports whether a notice was taken away; last, whether it came last; open, how many stand.
func (n *notices) gone(words string) bool {
	one, _ := n.find(words)
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.shut[one.id]
}

func (n *notices) last(words string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.said) > 0 && strings.Contains(n.said[len(n.said)-1].text, words)
}

func (n *notices) open() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	ids := map[uint32]bool{}
	for _, one := range n.said {
		if !n.shut[one.id] {
			ids[one.id] = true
		}
	}
	return len(ids)
}

func (n *notices) GetServerInformation() (name, vendor, version, spec string, err *dbus.Error) {
	return "test", "test", "1", "1.2", nil
}

func (n *notices) has(words string) bool {
	_, ok := n.find(words)
	return ok
}

// notified puts our notification service on the bus.
func (d *desk) notified(t *testing.T) *notices {
	t.Helper()
	n := &notices{bus: d.bus, shut: map[uint32]bool{}}
	if err := d.bus.Export(n, "/org/freedesktop/Notifications", notifying); err != nil {
		t.Fatal(err)
	}
	if got, err := d.bus.RequestName(notifying, dbus.NameFlagReplaceExisting); err != nil || got != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(got, err)
	}
	return n
}
