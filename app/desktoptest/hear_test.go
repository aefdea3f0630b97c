//go:build linux

package desktoptest

import (
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// thing is something in a window, as a screen reader has it.
type thing struct {
	Bus  string
	Path dbus.ObjectPath
}

// hearing lets the programs of the session tell screen readers what they show. Call it before launch.
func (d *desk) hearing() {
	d.t.Helper()
	d.env = slices.DeleteFunc(d.env, func(s string) bool { return s == "NO_AT_BRIDGE=1" })
	var address string
	d.until("a bus for screen readers", func() bool {
		return d.bus.Object("org.a11y.Bus", "/org/a11y/bus").Call("org.a11y.Bus.GetAddress", 0).Store(&address) == nil
	})
	c, err := dbus.Connect(address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.ears = c
	d.t.Cleanup(func() { c.Close() })
}

func (d *desk) call(t thing, method string, args ...any) *dbus.Call {
	return d.ears.Object(t.Bus, t.Path).Call("org.a11y.atspi."+method, 0, args...)
}

// says is what a thing is called, or else the text that it is.
func (d *desk) says(t thing) (words string) {
	if v, err := d.ears.Object(t.Bus, t.Path).GetProperty("org.a11y.atspi.Accessible.Name"); err == nil {
		words, _ = v.Value().(string)
	}
	if words == "" && strings.Contains(string(t.Path), "_") { // WebKit's; the toolkit's own have numbers
		d.call(t, "Text.GetText", int32(0), int32(-1)).Store(&words)
	}
	return words
}

// things lists a thing and all that is in it, in the order in which it is read.
func (d *desk) things(t thing) []thing {
	all := []thing{t}
	v, _ := d.ears.Object(t.Bus, t.Path).GetProperty("org.a11y.atspi.Accessible.ChildCount")
	n, _ := v.Value().(int32)
	for i := range n {
		var k thing
		if d.call(t, "Accessible.GetChildAtIndex", i).Store(&k) == nil && k.Path != "/org/a11y/atspi/null" {
			all = append(all, d.things(k)...)
		}
	}
	return all
}

// spoken is all that windows show to those who do not see it.
func (d *desk) spoken() []thing {
	return d.things(thing{"org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"})
}

// hear waits for something whose words begin like this.
func (d *desk) hear(words string) {
	d.t.Helper()
	d.until("“"+words+"” in the window", func() bool {
		return slices.ContainsFunc(d.spoken(), func(t thing) bool { return strings.HasPrefix(d.says(t), words) })
	})
}

// press waits for something to press that is called like this, and presses it as a screen reader does.
func (d *desk) press(words string) {
	d.t.Helper()
	d.until("“"+words+"” to press in the window", func() bool {
		return slices.ContainsFunc(d.spoken(), func(t thing) bool {
			var done bool
			return d.says(t) == words && d.call(t, "Action.DoAction", int32(0)).Store(&done) == nil && done
		})
	})
}

// entryRole is what AT-SPI calls a field for a line of text.
const entryRole = 79

// fill goes to a field and types a text.
func (d *desk) fill(field, text string) {
	d.t.Helper()
	d.until("a field “"+field+"” in the window", func() bool {
		return slices.ContainsFunc(d.spoken(), func(t thing) bool {
			var role uint32
			d.call(t, "Accessible.GetRole").Store(&role)
			var there bool
			return role == entryRole && d.says(t) == field && d.call(t, "Component.GrabFocus").Store(&there) == nil && there
		})
	})
	d.out("xdotool", "search", "--onlyvisible", "--name", "^Portico$", "windowactivate", "--sync")
	d.out("xdotool", "type", "--delay", "20", text)
}
