package tftp

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"portico/backend/listen"
	"portico/backend/protocol/entry"
)

// label is what this door is called in events and transfers.
const label = "tftp"

// Write says what clients may send; the rights of whoever they are hold besides.
type Write uint8

const (
	Add     Write = iota // names that are free; what is there is never overwritten
	Replace              // also names that are taken
	Nothing
)

// Options of a Door.
type Options struct {
	Entry  *entry.Entry
	Listen listen.Spec // UDP
	// Networks are those from which somebody is answered. Everybody else hears nothing.
	Networks []netip.Prefix
	Names    entry.Places // everybody else is a guest
	Write    Write
	Most     int           // transfers at once in all; 128
	Each     int           // from one address; 16
	Wait     time.Duration // for an answer, before a packet is sent again, where the client does not say; 1 s
	Log      *slog.Logger
}

// Door serves TFTP. Start and Stop are called once each; the rest is safe for concurrent use.
type Door struct {
	o       Options
	ports   []*port
	refused []*listen.RefusedError
	crowd   *crowd
	life    context.Context // ends when running transfers are to be cut
	cut     context.CancelFunc
	asks    sync.WaitGroup
	work    sync.WaitGroup
}

// New prepares a door; nothing is opened before Start.
func New(o Options) *Door {
	if o.Most <= 0 {
		o.Most = 128
	}
	if o.Each <= 0 {
		o.Each = 16
	}
	if o.Wait <= 0 {
		o.Wait = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Door{o: o, crowd: newCrowd(o.Most, o.Each)}
	d.life, d.cut = context.WithCancel(context.Background())
	return d
}

// Start opens the ports and serves until Stop; ctx bounds the opening only. The error of a port that
// cannot be had is a *listen.RefusedError.
func (d *Door) Start(ctx context.Context) error {
	opened, err := listen.OpenPacket(ctx, d.o.Listen)
	if err != nil {
		return err
	}
	d.refused = opened.Refused
	for _, conn := range opened.Conns {
		p := newPort(conn)
		d.ports = append(d.ports, p)
		d.asks.Go(func() { d.serve(p) })
	}
	return nil
}

// Addrs returns the addresses that are open.
func (d *Door) Addrs() []netip.AddrPort {
	var out []netip.AddrPort
	for _, p := range d.ports {
		out = append(out, p.conn.LocalAddr().(*net.UDPAddr).AddrPort())
	}
	return out
}

// Refused tells which wanted ports could not be had, where Start moved on to another.
func (d *Door) Refused() []*listen.RefusedError { return d.refused }

// Connected returns the addresses that files go to or come from now.
func (d *Door) Connected() []netip.Addr { return d.crowd.addrs() }

// Stop takes no new requests; running transfers may end until ctx does, then they are cut. It returns
// when none runs any more.
func (d *Door) Stop(ctx context.Context) error {
	for _, p := range d.ports {
		p.conn.Close()
	}
	d.crowd.close()
	d.asks.Wait()
	done := make(chan struct{})
	go func() {
		d.work.Wait()
		close(done)
	}()
	defer d.cut()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	d.cut()
	d.crowd.cut()
	<-done
	return ctx.Err()
}

// mend keeps a transfer that panics from ending the others.
func (d *Door) mend(peer netip.AddrPort) {
	if p := recover(); p != nil {
		d.o.Log.Error("a transfer panicked", "remote", peer, "panic", p, "stack", string(debug.Stack()))
	}
}
