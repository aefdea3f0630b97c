//go:build linux

package smb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"

	"portico/backend/listen"
	"portico/backend/protocol/smb/view"
	"portico/backend/protocol/stream"
	"portico/backend/samba"
)

// usual is how many clients there may be at once: each is a program of some 20 MiB.
const usual = 64

// Door serves SMB. Start and Stop are called once each; the rest is safe for concurrent use.
type Door struct {
	o      Options
	server *stream.Server
	ready  chan struct{} // closed when samba and view are there
	samba  *samba.Samba
	view   *view.View
	wrong  *trouble

	mu     sync.Mutex
	logins map[string]login  // who may sign in, by folded name
	uids   map[string]uint32 // numbers of accounts, by their ids
}

// New makes a door; nothing is opened before Start.
func New(o Options) *Door {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Most <= 0 {
		o.Most = usual
	}
	if o.Each <= 0 {
		o.Each = o.Most
	}
	if o.Trouble == nil {
		o.Trouble = func(error) {}
	}
	d := &Door{o: o, ready: make(chan struct{}), uids: make(map[string]uint32)}
	d.server = stream.New(stream.Options{Listen: o.Listen, Most: o.Most, Each: o.Each, Serve: d.serve, Log: o.Log})
	return d
}

// Start opens the ports and serves until Stop; ctx bounds the opening only. *samba.MissingError where
// something has to be installed first.
func (d *Door) Start(ctx context.Context) error {
	if err := d.server.Start(ctx); err != nil {
		return err
	}
	if err := d.prepare(); err != nil {
		return errors.Join(err, d.server.Stop(ctx))
	}
	close(d.ready)
	return nil
}

func (d *Door) prepare() (err error) {
	if d.samba, err = samba.New(samba.Options{Data: d.o.Data, Name: d.o.Name, Encrypt: d.o.Encrypt, Log: d.o.Log}); err != nil {
		return err
	}
	d.wrong = newTrouble(d.samba.Try, d.o.Trouble)
	uid, gid := d.samba.User()
	d.view, err = view.Mount(d.samba.View(), view.Options{Kind: samba.Kind, UID: uid, GID: gid, Foreign: d.samba.Foreign(), Root: d.samba.Root(), Log: d.o.Log})
	if err != nil {
		return errors.Join(fmt.Errorf("SMB needs to mount with FUSE, which this system does not allow here (%w). "+
			"In a container, start it with --device /dev/fuse --cap-add SYS_ADMIN", err), d.samba.Close())
	}
	return nil
}

// Stop takes no newcomers, lets go who has nothing open, and the others when they have closed what they
// have or ctx ends.
func (d *Door) Stop(ctx context.Context) error {
	err := d.server.Stop(ctx)
	d.wrong.stop()
	if e := d.view.Unmount(); e != nil {
		d.o.Log.Warn("the view for SMB is in use, and was taken away from its name", "error", e)
		d.samba.Loosen()
	}
	d.view.Wait()
	return errors.Join(err, d.samba.Close())
}

// Problem says why nobody can come in although the door is open; nil where they can.
func (d *Door) Problem() error {
	select {
	case <-d.ready:
		return d.wrong.now()
	default:
		return nil
	}
}

// Addrs returns the addresses that are open.
func (d *Door) Addrs() []netip.AddrPort { return d.server.Addrs() }

// Refused tells which wanted ports could not be had.
func (d *Door) Refused() []*listen.RefusedError { return d.server.Refused() }

// Connected returns the addresses from which connections are open now.
func (d *Door) Connected() []netip.Addr { return d.server.Connected() }
