//go:build unix && !darwin

package native

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"
)

func TestNoBus(t *testing.T) {
	for name, address := range map[string]string{
		"switched off":     "disabled:",
		"nobody listens":   "unix:path=" + filepath.Join(t.TempDir(), "gone"),
		"not an address":   "nonsense",
		"another protocol": "unix:path=" + listener(t, "HTTP/1.1 400 Bad Request\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
			if b, err := DialSession(t.Context()); !errors.Is(err, ErrAbsent) || b != nil {
				t.Error(b, err)
			}
			t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
			if b, err := DialSystem(t.Context()); !errors.Is(err, ErrAbsent) || b != nil {
				t.Error(b, err)
			}
		})
	}
	t.Run("a bus that never answers", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		path := listener(t, "", cancel)
		if b, err := DialAddress(ctx, "unix:path="+path); !errors.Is(err, ErrAbsent) || b != nil {
			t.Error(b, err)
		}
	})
}

// listener accepts connections, answers a line, and does nothing more. reached is called for each.
func listener(t *testing.T, answer string, reached ...func()) string {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "bus"))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			conn.Write([]byte(answer))
			for _, fn := range reached {
				fn()
			}
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

func TestBusThatWasReachedOutlivesItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b, err := DialAddress(ctx, privateBus(t))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	cancel()
	if h := ReadHost(t.Context(), b); h != (Host{Bus: true}) {
		t.Errorf("%+v", h)
	}
}
