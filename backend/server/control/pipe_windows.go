package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// pipe returns the name of the control pipe of a data folder.
func pipe(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(strings.ToLower(dir)))
	return `\\.\pipe\portico-` + hex.EncodeToString(sum[:12]), nil
}

// private admits this user, the system and administrators, nobody else and nobody remote.
func private() (*windows.SecurityAttributes, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	sd, err := windows.SecurityDescriptorFromString("D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;" + user.User.Sid.String() + ")")
	if err != nil {
		return nil, err
	}
	return &windows.SecurityAttributes{
		Length:             uint32(unsafe.Sizeof(windows.SecurityAttributes{})),
		SecurityDescriptor: sd,
	}, nil
}

// Listen opens the control pipe of a data folder. The caller must have the store of it open.
func Listen(dir string) (net.Listener, error) {
	name, err := pipe(dir)
	if err != nil {
		return nil, err
	}
	l := &listener{name: name}
	// The first instance must be ours: otherwise somebody else sits on the name already.
	if l.next, err = l.instance(windows.FILE_FLAG_FIRST_PIPE_INSTANCE); err != nil {
		return nil, err
	}
	if l.closed, err = windows.CreateEvent(nil, 1, 0, nil); err != nil {
		windows.CloseHandle(l.next)
		return nil, err
	}
	return l, nil
}

type listener struct {
	name   string
	next   windows.Handle // the instance that waits for the next caller
	closed windows.Handle // an event
	once   sync.Once
}

func (l *listener) instance(more uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(l.name)
	if err != nil {
		return 0, err
	}
	sa, err := private()
	if err != nil {
		return 0, err
	}
	return windows.CreateNamedPipe(name, windows.PIPE_ACCESS_DUPLEX|windows.FILE_FLAG_OVERLAPPED|more,
		windows.PIPE_TYPE_BYTE|windows.PIPE_REJECT_REMOTE_CLIENTS, windows.PIPE_UNLIMITED_INSTANCES, 64<<10, 64<<10, 0, sa)
}

// Accept is called by one goroutine at a time, as net/http does.
func (l *listener) Accept() (net.Conn, error) {
	if l.next == 0 {
		h, err := l.instance(0)
		if err != nil {
			return nil, err
		}
		l.next = h
	}
	came, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return nil, err
	}
	defer windows.CloseHandle(came)
	o := &windows.Overlapped{HEvent: came}
	switch err := windows.ConnectNamedPipe(l.next, o); {
	case err == nil, errors.Is(err, windows.ERROR_PIPE_CONNECTED):
	case errors.Is(err, windows.ERROR_IO_PENDING):
		which, err := windows.WaitForMultipleObjects([]windows.Handle{came, l.closed}, false, windows.INFINITE)
		if err != nil || which != windows.WAIT_OBJECT_0 {
			var n uint32
			windows.CancelIoEx(l.next, o)
			windows.GetOverlappedResult(l.next, o, &n, true)
			windows.CloseHandle(l.next)
			l.next = 0
			return nil, net.ErrClosed
		}
	default:
		return nil, err
	}
	h := l.next
	l.next = 0
	return conn{os.NewFile(uintptr(h), l.name)}, nil
}

func (l *listener) Close() error {
	l.once.Do(func() { windows.SetEvent(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return address(l.name) }

// Dial connects to the master of a data folder.
func Dial(ctx context.Context, dir string) (net.Conn, error) {
	name, err := pipe(dir)
	if err != nil {
		return nil, err
	}
	wide, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	for {
		h, err := windows.CreateFile(wide, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING,
			windows.FILE_FLAG_OVERLAPPED|windows.SECURITY_SQOS_PRESENT|windows.SECURITY_IDENTIFICATION, 0)
		switch {
		case err == nil:
			return conn{os.NewFile(uintptr(h), name)}, nil
		case errors.Is(err, windows.ERROR_FILE_NOT_FOUND):
			return nil, ErrNotRunning
		case !errors.Is(err, windows.ERROR_PIPE_BUSY):
			return nil, err
		}
		select { // busy: the master makes the next instance within moments
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// conn is one end of a pipe as a network connection.
type conn struct{ *os.File }

func (c conn) LocalAddr() net.Addr  { return address(c.Name()) }
func (c conn) RemoteAddr() net.Addr { return address(c.Name()) }

type address string

func (address) Network() string  { return "pipe" }
func (a address) String() string { return string(a) }
