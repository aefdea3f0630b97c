//go:build linux

package smb

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/listen"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/protocoltest"
	"portico/backend/samba"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestProtocol puts the door through the suite of all doors, with Samba's client.
func TestProtocol(t *testing.T) { protocoltest.Run(t, smbDoor(t)) }

func smbDoor(t *testing.T) protocoltest.Door {
	t.Helper()
	if _, err := exec.LookPath("smbclient"); err != nil {
		left(t, "smbclient is not installed")
	}
	return protocoltest.Door{Name: "smb", Label: doorName, Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		return served{serveHouse(t, h)}
	}}
}

// left leaves a test out; in continuous integration that is a failure.
func left(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// serveHouse opens the door over a house and returns its address.
func serveHouse(t testing.TB, h *protocoltest.House) string {
	return serve(t, newDoor(t, h))
}

func serve(t testing.TB, d *Door) string {
	t.Helper()
	var missing *samba.MissingError
	switch err := d.Start(context.Background()); {
	case errors.As(err, &missing):
		left(t, "not everything is installed: "+err.Error())
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := d.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return d.Addrs()[0].String()
}

func newDoor(t testing.TB, h *protocoltest.House) *Door {
	return newDoorAt(t, h, listen.Spec{Addrs: []string{"127.0.0.1:0"}})
}

func newDoorAt(t testing.TB, h *protocoltest.House, at listen.Spec) *Door {
	return New(Options{
		Listen: at, Data: t.TempDir(), Name: "house", Accounts: h.Accounts,
		Entry: entry.New(entry.Options{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares}),
		Log:   slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
}

type served struct{ address string }

func (s served) Client(t *testing.T, who string) protocoltest.Client {
	return newClient(t, s.address, who)
}
