//go:build unix && !darwin

package native

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// login is a small logind: each lock is a pipe, and is given back when the other end closes it.
type login struct {
	mu    sync.Mutex
	asked []string
	locks []lock
}

type lock struct{ ours, theirs *os.File }

func newLogin(t *testing.T, address string) *login {
	l := &login{}
	export(t, service(t, address, "org.freedesktop.login1"), map[string]any{
		"Inhibit": func(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
			ours, theirs, err := os.Pipe()
			if err != nil {
				return 0, dbus.MakeFailedError(err)
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			l.asked = append(l.asked, strings.Join([]string{what, who, why, mode}, "|"))
			l.locks = append(l.locks, lock{ours, theirs})
			return dbus.UnixFD(theirs.Fd()), nil
		},
	}, "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
	t.Cleanup(func() {
		for _, one := range l.locks {
			one.ours.Close()
			one.theirs.Close()
		}
	})
	return l
}

// givenBack waits until the program has closed its end of the last lock.
func (l *login) givenBack(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	last := l.locks[len(l.locks)-1]
	l.mu.Unlock()
	last.theirs.Close()
	ended := make(chan error, 1)
	go func() {
		_, err := last.ours.Read(make([]byte, 1))
		ended <- err
	}()
	if err := within(t, ended, "the lock given back"); err == nil {
		t.Error("something was written to the lock")
	}
}

func TestAwakeByLogind(t *testing.T) {
	address := privateBus(t)
	l := newLogin(t, address)
	a := NewAwake(join(t, address), nil, quiet())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); a.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	a.Moved()
	eventually(t, "awake", func() bool { return a.Held() == "logind" })
	l.mu.Lock()
	if want := []string{"sleep|Portico|Files are being transferred|block"}; !slices.Equal(l.asked, want) {
		t.Errorf("asked %q", l.asked)
	}
	l.mu.Unlock()
	cancel()
	l.givenBack(t)
	<-done
}

func TestAwakeByTheDesktop(t *testing.T) {
	for _, name := range []string{"org.freedesktop.PowerManagement.Inhibit", "org.freedesktop.ScreenSaver"} {
		t.Run(name, func(t *testing.T) {
			address := privateBus(t)
			held, gone := make(chan string, 1), make(chan uint32, 1)
			methods := map[string]any{
				"Inhibit":   func(who, why string) (uint32, *dbus.Error) { held <- who + "|" + why; return 77, nil },
				"UnInhibit": func(cookie uint32) *dbus.Error { gone <- cookie; return nil },
			}
			conn := service(t, address, name)
			for _, path := range []string{"/org/freedesktop/PowerManagement/Inhibit", "/org/freedesktop/ScreenSaver"} {
				export(t, conn, methods, path, name)
			}
			free, by, err := holder(nil, join(t, address))(t.Context())
			if err != nil || by != name {
				t.Fatal(by, err)
			}
			if got := within(t, held, "the request"); got != "Portico|Files are being transferred" {
				t.Error(got)
			}
			free()
			if got := within(t, gone, "the release"); got != 77 {
				t.Error(got)
			}
		})
	}
}

func TestAwakeWhereNobodyKeepsAwake(t *testing.T) {
	for name, bus := range map[string]*Bus{"no bus": nil, "nobody on the bus": join(t, privateBus(t))} {
		if _, _, err := holder(bus, bus)(t.Context()); !errors.Is(err, ErrAbsent) {
			t.Error(name, err)
		}
	}
}
