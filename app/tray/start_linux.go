//go:build desktop

package tray

import "fyne.io/systray"

// begin starts the tray, which is all D-Bus here and needs no thread of its own.
func begin(ready func()) (stop func()) {
	start, end := systray.RunWithExternalLoop(ready, nil)
	start()
	return end
}
