//go:build unix && !darwin

package native

import (
	"context"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// Bus is a private connection to a message bus. A nil Bus is a bus that is not there: everything
// that needs it answers ErrAbsent. It is safe for concurrent use.
type Bus struct{ conn *dbus.Conn }

// answerTime is how long a service on the bus may take to answer.
const answerTime = 2 * time.Second

// DialSession connects to the bus of this person's desktop. It never starts one: what comes with a
// bus of its own sees no desktop.
func DialSession(ctx context.Context) (*Bus, error) {
	return dial(ctx, dbus.SessionBusPrivateNoAutoStartup)
}

// DialSystem connects to the bus of the computer, where sleep and networks are told.
func DialSystem(ctx context.Context) (*Bus, error) {
	return dial(ctx, dbus.SystemBusPrivate)
}

// DialAddress connects to the bus at an address in D-Bus's own form.
func DialAddress(ctx context.Context, address string) (*Bus, error) {
	return dial(ctx, func(o ...dbus.ConnOption) (*dbus.Conn, error) { return dbus.Dial(address, o...) })
}

func dial(ctx context.Context, connect func(...dbus.ConnOption) (*dbus.Conn, error)) (*Bus, error) {
	// ctx and the time that it may take end the dialling, not the connection.
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, end)
	conn, err := connect(dbus.WithContext(life), dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		stop()
		end()
		return nil, fmt.Errorf("%w: no message bus (%w)", ErrAbsent, err)
	}
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		end()
		return nil, fmt.Errorf("%w: the message bus does not take this program (%w)", ErrAbsent, err)
	}
	context.AfterFunc(conn.Context(), end)
	return &Bus{conn}, nil
}

// Close ends the connection and everything that follows it.
func (b *Bus) Close() {
	if b != nil {
		b.conn.Close()
	}
}

// call asks a service and waits a short time for the answer.
func (b *Bus) call(ctx context.Context, to, path, method string, flags dbus.Flags, args ...any) *dbus.Call {
	if b == nil {
		return &dbus.Call{Err: fmt.Errorf("%w: no message bus", ErrAbsent)}
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	return b.conn.Object(to, dbus.ObjectPath(path)).CallWithContext(ctx, method, flags, args...)
}

// signal names a signal that is followed.
type signal struct{ from, path, name, member string }

func (s signal) options() []dbus.MatchOption {
	out := []dbus.MatchOption{dbus.WithMatchSender(s.from), dbus.WithMatchInterface(s.name), dbus.WithMatchMember(s.member)}
	if s.path != "" {
		out = append(out, dbus.WithMatchObjectPath(dbus.ObjectPath(s.path)))
	}
	return out
}

// owner is the signal that tells who owns a name on the bus.
func owner() signal {
	return signal{"org.freedesktop.DBus", "", "org.freedesktop.DBus", "NameOwnerChanged"}
}

// follow hands each signal of this connection to fn, in order and one at a time, until ctx or the
// connection ends; then ended is called. Signals that others asked for come too: fn looks at the name.
func (b *Bus) follow(ctx context.Context, fn func(*dbus.Signal), ended func(), signals ...signal) error {
	if b == nil {
		return fmt.Errorf("%w: no message bus", ErrAbsent)
	}
	in := make(chan *dbus.Signal, 16)
	b.conn.Signal(in)
	for _, s := range signals {
		asked, cancel := context.WithTimeout(ctx, answerTime)
		err := b.conn.AddMatchSignalContext(asked, s.options()...)
		cancel()
		if err != nil {
			b.conn.RemoveSignal(in)
			return err
		}
	}
	go func() {
		defer ended()
		for {
			select {
			case s, open := <-in:
				if !open {
					return
				}
				fn(s)
			case <-ctx.Done():
				b.unfollow(in, signals)
				return
			}
		}
	}()
	return nil
}

func (b *Bus) unfollow(in chan *dbus.Signal, signals []signal) {
	b.conn.RemoveSignal(in)
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	for _, s := range signals {
		if b.conn.RemoveMatchSignalContext(ctx, s.options()...) != nil {
			return // the connection ended, and its rules with it
		}
	}
}
