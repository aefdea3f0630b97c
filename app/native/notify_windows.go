package native

import (
	"context"
	"fmt"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Notifier shows notices by the notification area: text only, one at a time. A click on the notice
// takes its first action. There is one in a process; it is safe for concurrent use.
type Notifier struct {
	mu     sync.Mutex
	window uintptr // of noticeWindow; 0 until the first notice
	last   uint32
	notice *Notice // the one that is shown
	ended  bool
}

// NewNotifier makes a Notifier. It needs no bus.
func NewNotifier(*Bus) *Notifier { return &Notifier{} }

const (
	iconAdd, iconDelete              = 0, 2 // NIM_…
	iconMessage, iconIcon, iconInfo  = 1, 2, 16
	infoNote, infoWarning, infoQuiet = 1, 2, 0x80 // NIIF_…
	noticeNumber                     = 1
)

// iconData is NOTIFYICONDATAW.
type iconData struct {
	size                   uint32
	window                 uintptr
	number, flags, message uint32
	icon                   uintptr
	tip                    [128]uint16
	state, stateMask       uint32
	info                   [256]uint16
	version                uint32
	title                  [64]uint16
	infoFlags              uint32
	guid                   windows.GUID
	balloon                uintptr
}

// Show shows a notice in place of the one that is shown.
func (n *Notifier) Show(_ context.Context, what Notice) (uint32, error) {
	n.mu.Lock()
	if n.window == 0 && !n.ended {
		window, err := noticeWindow(n.heard)
		if err != nil {
			n.mu.Unlock()
			return 0, fmt.Errorf("%w: %w", ErrAbsent, err)
		}
		n.window = window
	}
	before := n.clear()
	err := n.add(what)
	if err == nil {
		n.last++
		n.notice = &what
	}
	id := n.last
	n.mu.Unlock()
	closed(before)
	return id, err
}

func (n *Notifier) add(what Notice) error {
	d := n.data()
	d.flags, d.message = iconMessage|iconIcon|iconInfo, noticeMessage
	d.icon, _, _ = windows.NewLazySystemDLL("user32.dll").NewProc("LoadIconW").Call(0, 32512) // IDI_APPLICATION
	fill(d.title[:], what.Title)
	fill(d.info[:], what.Body)
	if d.info[0] == 0 { // a notice without text is none
		fill(d.title[:], "Portico")
		fill(d.info[:], what.Title)
	}
	d.infoFlags = infoNote | infoQuiet
	if what.Urgent {
		d.infoFlags = infoWarning | infoQuiet
	}
	if ok, _, err := notifyIcon().Call(iconAdd, uintptr(unsafe.Pointer(d))); ok == 0 {
		return fmt.Errorf("%w: the notification area does not take a notice (%w)", ErrAbsent, err)
	}
	return nil
}

// clear takes away what is shown. The caller holds the lock, and tells closed of it afterwards.
func (n *Notifier) clear() *Notice {
	before := n.notice
	if before != nil {
		n.notice = nil
		notifyIcon().Call(iconDelete, uintptr(unsafe.Pointer(n.data())))
	}
	return before
}

func closed(n *Notice) {
	if n != nil && n.Closed != nil {
		n.Closed()
	}
}

// Withdraw takes a notice away. One that is gone already is no error.
func (n *Notifier) Withdraw(_ context.Context, id uint32) error {
	n.mu.Lock()
	var before *Notice
	if id == n.last {
		before = n.clear()
	}
	n.mu.Unlock()
	closed(before)
	return nil
}

// Close takes away what is shown and ends the window that listens.
func (n *Notifier) Close() {
	n.mu.Lock()
	n.clear()
	n.ended = true
	window := n.window
	n.window = 0
	n.mu.Unlock()
	if window != 0 {
		post(window, endMessage)
	}
}

// heard is called by the window when something becomes of the notice.
func (n *Notifier) heard(what uint32) {
	const hidden, timedOut, clicked = 0x403, 0x404, 0x405 // NIN_BALLOON…
	if what != hidden && what != timedOut && what != clicked {
		return
	}
	n.mu.Lock()
	before := n.clear()
	n.mu.Unlock()
	if before != nil && what == clicked && before.Chosen != nil && len(before.Actions) > 0 {
		before.Chosen(before.Actions[0].Key)
	}
	closed(before)
}

func (n *Notifier) data() *iconData {
	return &iconData{size: uint32(unsafe.Sizeof(iconData{})), window: n.window, number: noticeNumber}
}

func notifyIcon() *windows.LazyProc {
	return windows.NewLazySystemDLL("shell32.dll").NewProc("Shell_NotifyIconW")
}

// fill writes text into a field that ends with a zero.
func fill(field []uint16, text string) {
	encoded := windows.StringToUTF16(line(text, len(field)/2))
	copy(field[:len(field)-1], encoded)
}
