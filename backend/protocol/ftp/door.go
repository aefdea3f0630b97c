package ftp

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"portico/backend/listen"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/stream"
)

// Security says when a door speaks TLS.
type Security uint8

const (
	Optional Security = iota // to whoever asks for it (AUTH TLS)
	Required                 // nobody signs in, and nothing is transferred, without
	Implicit                 // from the first byte
)

// Options of a Door.
type Options struct {
	Name  string // as in vfs.Origin: "ftp", "ftps"
	Entry *entry.Entry

	Listen listen.Spec
	Most   int // connections in all; 0: as stream.Options
	Each   int // connections from one address; 0: as stream.Options

	// Certificate is tls.Config.GetCertificate; nil: no TLS, Security must be Optional then.
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	Security    Security
	// Old says from where old TLS is spoken, and who may sign in by it.
	Old entry.Places
	// OldCertificate is GetCertificate for who comes from there; nil: Certificate.
	OldCertificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// Reuse demands that data connections continue the TLS session of their control connection.
	Reuse bool

	Passive Passive
	Host    func() string // what this computer is called, for the greeting
	Times   Times
	Log     *slog.Logger
}

// Passive says where clients open data connections.
type Passive struct {
	// Host is the IPv4 address or name that PASV tells clients who come from outside of local networks:
	// that of the router in front. "": the address that the client itself reached.
	Host string
	// From and To bound the ports; 0: any.
	From, To int
}

// Times are how long the door waits. Zero fields are the usual ones.
type Times struct {
	SignIn time.Duration // for the whole signing in; 1 min
	Idle   time.Duration // for the next command; 5 min
	Open   time.Duration // for a data connection; 20 s
	Stall  time.Duration // for the next bytes of a transfer; 1 min
	// Grace is how long after the end of an upload the control connection must have stayed; 20 ms. It
	// is not waited for where the client said before how much comes, and all of it did.
	Grace time.Duration
}

func (t Times) filled() Times {
	for _, one := range []struct {
		of    *time.Duration
		usual time.Duration
	}{
		{&t.SignIn, time.Minute}, {&t.Idle, 5 * time.Minute}, {&t.Open, 20 * time.Second}, {&t.Stall, time.Minute},
		{&t.Grace, 20 * time.Millisecond},
	} {
		if *one.of <= 0 {
			*one.of = one.usual
		}
	}
	return t
}

// Door serves FTP over one house. Start and Stop are called once each; the rest is safe for concurrent
// use.
type Door struct {
	*stream.Server
	o     Options
	log   *slog.Logger
	verbs map[string]verb
}

// New prepares a door; nothing is opened before Start.
func New(o Options) *Door {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Host == nil {
		o.Host = func() string { return "Portico" }
	}
	o.Times = o.Times.filled()
	d := &Door{o: o, log: o.Log, verbs: verbs()}
	d.Server = stream.New(stream.Options{Listen: o.Listen, Most: o.Most, Each: o.Each, Full: d.full, Serve: d.serve, Log: o.Log})
	return d
}

// full answers a client for whom there is no room. With implicit TLS nothing can be said.
func (d *Door) full(c net.Conn) {
	if d.o.Security != Implicit {
		// The client may be gone.
		_, _ = io.WriteString(c, "421 Too many connections are open. Close some, or try again in a minute.\r\n")
	}
}

// config is the TLS of one client: its keys are its own, so that a data connection that continues a
// session can only continue one of its own control connection.
func (d *Door) config(old bool) *tls.Config {
	c := &tls.Config{
		GetCertificate: d.o.Certificate, MinVersion: modernTLS,
		DynamicRecordSizingDisabled: true, // whole files go through
	}
	if old {
		c.MinVersion, c.CipherSuites = tls.VersionTLS10, oldSuites()
		if d.o.OldCertificate != nil {
			c.GetCertificate = d.o.OldCertificate
		}
	}
	return c
}

// serve speaks with one client.
func (d *Door) serve(ctx context.Context, conn *stream.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := newClient(ctx, d, conn)
	defer c.close()
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-conn.Leaving():
			c.leave()
		case <-over:
		}
	}()
	if d.o.Security == Implicit && !c.secureControl() {
		return
	}
	c.reply(220, d.o.Host()+" shares files here (Portico).")
	c.converse()
}

// local reports whether an address is of a network that no router stands in front of: one at home, or
// the private one of a provider or a tunnel (RFC 6598).
func local(a netip.Addr) bool {
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || shared.Contains(a)
}
