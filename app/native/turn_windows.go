package native

import (
	"context"
	"unsafe"

	"golang.org/x/sys/windows"
)

const (
	notifyByCallback   = 2
	powerSuspend       = 4
	powerResumedItself = 18
)

// WatchTurns tells of sleep and networks until ctx ends; then the channel is closed. Each call costs two
// callbacks that the process never gives back: it is meant to be called once.
func WatchTurns(ctx context.Context, _ *Bus) <-chan Turn {
	in, out := make(chan Turn, 32), make(chan Turn, 8)
	tell := func(t Turn) {
		select {
		case in <- t: // the system waits for the callback: never block it
		default:
		}
	}
	endPower, endNetwork := watchPower(tell), watchNetwork(tell)
	go func() {
		defer close(out)
		defer endNetwork()
		defer endPower()
		for {
			select {
			case <-ctx.Done():
				return
			case turn := <-in:
				select {
				case out <- turn:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}

func watchPower(tell func(Turn)) (end func()) {
	power := windows.NewLazySystemDLL("powrprof.dll")
	register := power.NewProc("PowerRegisterSuspendResumeNotification")
	if register.Find() != nil {
		return func() {} // before Windows 8
	}
	subscription := &struct{ callback, context uintptr }{callback: windows.NewCallback(func(_, kind, _ uintptr) uintptr {
		switch uint32(kind) {
		case powerSuspend:
			tell(Sleeping)
		case powerResumedItself:
			tell(Woke)
		}
		return 0
	})}
	var handle uintptr
	if code, _, _ := register.Call(notifyByCallback, uintptr(unsafe.Pointer(subscription)), uintptr(unsafe.Pointer(&handle))); code != 0 {
		return func() {}
	}
	return func() {
		power.NewProc("PowerUnregisterSuspendResumeNotification").Call(handle)
		_ = subscription.callback // kept until here
	}
}

func watchNetwork(tell func(Turn)) (end func()) {
	var handle windows.Handle
	changed := windows.NewCallback(func(_, _, _ uintptr) uintptr {
		tell(NetworkChanged)
		return 0
	})
	if windows.NotifyUnicastIpAddressChange(windows.AF_UNSPEC, changed, nil, false, &handle) != nil {
		return func() {}
	}
	return func() { windows.CancelMibChangeNotify2(handle) }
}
