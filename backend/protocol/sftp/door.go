package sftp

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"golang.org/x/crypto/ssh"

	"portico/backend/listen"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/stream"
)

// doorName is what events call this door.
const doorName = "sftp"

// Options of a Door. Entry and Keys are needed.
type Options struct {
	Listen listen.Spec
	Entry  *entry.Entry
	Keys   []ssh.Signer  // by which clients know this server again, one of each kind
	Idle   time.Duration // who asks nothing for so long is let go; 0: 12 hours
	Old    entry.Places  // from where old algorithms are spoken, and who may sign in by them
	Most   int           // connections in all; 0: as stream has it
	Each   int           // connections from one address
	Log    *slog.Logger
}

// Door serves SFTP and scp. Start and Stop are called once each; the rest is safe for concurrent use.
type Door struct {
	o      Options
	server *stream.Server
	config *ssh.ServerConfig
	old    *ssh.ServerConfig // for devices that know nothing better
	times  times
	large  pool
}

// New makes a door; nothing is opened before Start.
func New(o Options) *Door {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Idle <= 0 {
		o.Idle = 12 * time.Hour
	}
	d := &Door{o: o, config: configure(o.Keys, false), old: configure(o.Keys, true), times: times{greeting, signing}}
	d.server = stream.New(stream.Options{Listen: o.Listen, Most: o.Most, Each: o.Each, Serve: d.serve, Log: o.Log})
	return d
}

// Start opens the ports and serves until Stop; ctx bounds the opening only.
func (d *Door) Start(ctx context.Context) error { return d.server.Start(ctx) }

// Stop takes no newcomers, lets go who has nothing open, and the others when they have closed what they
// have or ctx ends.
func (d *Door) Stop(ctx context.Context) error { return d.server.Stop(ctx) }

// Addrs returns the addresses that are open.
func (d *Door) Addrs() []netip.AddrPort { return d.server.Addrs() }

// Refused tells which wanted ports could not be had.
func (d *Door) Refused() []*listen.RefusedError { return d.server.Refused() }

// Connected returns the addresses from which connections are open now.
func (d *Door) Connected() []netip.Addr { return d.server.Connected() }
