//go:build linux

package desktoptest

import "testing"

// TestPlaceGone: a window that was remembered on a larger screen, or on one that is gone, comes back where
// it can be seen.
func TestPlaceGone(t *testing.T) {
	program(t)
	d := newDesk(t)
	d.write("data/desktop.json", `{"onClose":"tray","notify":"none","place":{"x":3000,"y":2000,"width":820,"height":560}}`)
	d.screen()
	d.session()
	d.launch()
	d.until("a window on the screen", func() bool {
		at, ok := d.window()
		return ok && at[2] == 820 && at[3] == 560 && at[0] >= -20 && at[0]+at[2] <= 1300 && at[1] >= -20 && at[1]+at[3] <= 920
	})
}

// TestScreens: on three screens the window comes back whole on one of them, and so it does when only one of
// them is left.
func TestScreens(t *testing.T) {
	program(t)
	d := newDesk(t)
	d.write("data/desktop.json", `{"onClose":"tray","notify":"none"}`)
	d.screens()
	d.session()
	d.panel()
	p := d.launch()
	d.windowed(true)
	d.until("the window on the third screen", func() bool {
		d.out("xdotool", "search", "--onlyvisible", "--name", "^Portico$", "windowsize", "820", "560", "windowmove", "2700", "120")
		at, ok := d.window()
		return ok && at[0] > 2600 && at[2] == 820
	})
	d.out("wmctrl", "-c", "Portico")
	d.windowed(false)
	d.click("Open Portico")
	d.until("the window whole on one of three screens", func() bool {
		at, ok := d.window()
		return ok && at[0]%1280+at[2] <= 1300 && at[1]+at[3] <= 920
	})
	d.click("Quit")
	p.ended(0)

	d.xvfb.Process.Kill()
	d.screen()
	d.launch()
	d.until("the window whole on the screen that is left", func() bool {
		at, ok := d.window()
		return ok && at[0]+at[2] <= 1300 && at[1]+at[3] <= 920
	})
}
