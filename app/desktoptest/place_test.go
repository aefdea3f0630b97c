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
