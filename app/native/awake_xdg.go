//go:build unix && !darwin

package native

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

// whyAwake is what desktops show as the reason.
const whyAwake = "Files are being transferred"

// inhibitor is a service on the session bus that keeps the computer awake for a program.
type inhibitor struct{ name, path string }

// holder asks logind, and the desktop's own power management, which some desktops obey alone. Where
// neither is, the screen saver's inhibition does it; it keeps the screen lit, so it is the last.
func holder(system, session *Bus) func(context.Context) (func(), string, error) {
	power := inhibitor{"org.freedesktop.PowerManagement.Inhibit", "/org/freedesktop/PowerManagement/Inhibit"}
	saver := inhibitor{"org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"}
	return func(ctx context.Context) (func(), string, error) {
		var frees []func()
		var by []string
		take := func(free func(), name string, err error) error {
			if err == nil {
				frees, by = append(frees, free), append(by, name)
			}
			return err
		}
		err := errors.Join(take(logind(ctx, system)), take(power.inhibit(ctx, session)))
		if len(by) == 0 {
			err = errors.Join(err, take(saver.inhibit(ctx, session)))
		}
		if len(by) == 0 {
			return nil, "", fmt.Errorf("%w: %w", ErrAbsent, err)
		}
		return func() {
			for _, free := range frees {
				free()
			}
		}, strings.Join(by, ", "), nil
	}
}

// logind takes a lock on sleep (systemd-logind's Inhibit): it lasts until the descriptor is closed.
// "idle" is not asked for: it would keep the screen lit, and a lock on sleep holds automatic sleep as well.
func logind(ctx context.Context, system *Bus) (func(), string, error) {
	var fd dbus.UnixFD
	err := system.call(ctx, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager.Inhibit", 0,
		"sleep", "Portico", whyAwake, "block").Store(&fd)
	if err != nil {
		return nil, "", err
	}
	lock := os.NewFile(uintptr(fd), "sleep inhibitor")
	return func() { lock.Close() }, "logind", nil
}

func (i inhibitor) inhibit(ctx context.Context, session *Bus) (func(), string, error) {
	var cookie uint32
	err := session.call(ctx, i.name, i.path, i.name+".Inhibit", dbus.FlagNoAutoStart, "Portico", whyAwake).Store(&cookie)
	if err != nil {
		return nil, "", err
	}
	return func() {
		session.call(context.Background(), i.name, i.path, i.name+".UnInhibit", dbus.FlagNoAutoStart, cookie)
	}, i.name, nil
}
