package native

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

const (
	noticeMessage = 0x8000 + 1 // WM_APP + 1: something became of the notice
	endMessage    = 0x8000 + 2
)

// windowClass is WNDCLASSEXW.
type windowClass struct {
	size, style                        uint32
	proc                               uintptr
	classExtra, windowExtra            int32
	instance, icon, cursor, background uintptr
	menu, name                         *uint16
	smallIcon                          uintptr
}

// noticeWindow makes a window that nobody sees and that hears of notices, on a thread of its own.
func noticeWindow(heard func(what uint32)) (uintptr, error) {
	user := windows.NewLazySystemDLL("user32.dll")
	type made struct {
		window uintptr
		err    error
	}
	ready := make(chan made, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		other := user.NewProc("DefWindowProcW")
		class := windowClass{name: windows.StringToUTF16Ptr("PorticoNotice")}
		class.size = uint32(unsafe.Sizeof(class))
		class.proc = windows.NewCallback(func(window uintptr, message uint32, w, l uintptr) uintptr {
			switch message {
			case noticeMessage:
				heard(uint32(l) & 0xffff)
				return 0
			case endMessage:
				user.NewProc("DestroyWindow").Call(window)
				user.NewProc("PostQuitMessage").Call(0) // ends this thread's loop and no other
				return 0
			}
			answer, _, _ := other.Call(window, uintptr(message), w, l)
			return answer
		})
		user.NewProc("RegisterClassExW").Call(uintptr(unsafe.Pointer(&class)))
		const messageOnly = ^uintptr(2) // HWND_MESSAGE
		window, _, err := user.NewProc("CreateWindowExW").Call(0, uintptr(unsafe.Pointer(class.name)), 0, 0,
			0, 0, 0, 0, messageOnly, 0, 0, 0)
		if window == 0 {
			ready <- made{err: err}
			return
		}
		ready <- made{window: window}
		next, dispatch := user.NewProc("GetMessageW"), user.NewProc("DispatchMessageW")
		var message [8]uintptr // MSG, and room
		for {
			if more, _, _ := next.Call(uintptr(unsafe.Pointer(&message)), 0, 0, 0); int32(more) <= 0 {
				return
			}
			dispatch.Call(uintptr(unsafe.Pointer(&message)))
		}
	}()
	m := <-ready
	return m.window, m.err
}

func post(window uintptr, message uintptr) {
	windows.NewLazySystemDLL("user32.dll").NewProc("PostMessageW").Call(window, message, 0, 0)
}
