//go:build desktop

package tray

import (
	"runtime"

	"fyne.io/systray"
)

// begin starts the tray on a thread of its own: messages of Windows belong to the thread that made
// what they are for.
func begin(ready func()) (stop func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		systray.Run(ready, nil)
	}()
	return func() { systray.Quit(); <-done }
}
