package native

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sys/windows"
)

const (
	esSystemRequired = 0x00000001
	esContinuous     = 0x80000000
)

// holder keeps the system awake by the state of a thread, which is kept for that alone: the state ends
// with it.
func holder(_, _ *Bus) func(context.Context) (func(), string, error) {
	state := windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")
	return func(context.Context) (func(), string, error) {
		held, over, ended := make(chan error, 1), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if before, _, err := state.Call(esContinuous | esSystemRequired); before == 0 {
				held <- fmt.Errorf("%w: %w", ErrAbsent, err)
				return
			}
			held <- nil
			<-over
			state.Call(esContinuous)
		}()
		if err := <-held; err != nil {
			return nil, "", err
		}
		return func() { close(over); <-ended }, "Windows", nil
	}
}
