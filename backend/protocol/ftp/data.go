package ftp

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"portico/backend/listen"
)

// data is an open data connection. Reads and writes in which nothing moves for a while fail. The core
// wakes it by a deadline when a transfer is ended from outside (vfs.File.SendTo, vfs.Writer.ReadFrom);
// that deadline stays.
type data struct {
	net.Conn // wire, or TLS on it
	tcp      *net.TCPConn
	word     *lastWord // nil without TLS
	stall    time.Duration

	mu    sync.Mutex
	woken bool // the deadline that is set stays
}

func newData(tcp *net.TCPConn, stall time.Duration) *data {
	d := &data{tcp: tcp, stall: stall}
	d.Conn = wire{tcp, d}
	return d
}

func (d *data) extend(set func(time.Time) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.woken {
		return nil
	}
	return set(time.Now().Add(d.stall))
}

func (d *data) wake(set func(time.Time) error, t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.woken = true
	return set(t)
}

// soon is how long what has been sent already is still taken from a client that is gone.
const soon = 100 * time.Millisecond

// finish lets the transfer end soon.
func (d *data) finish() { _ = d.wake(d.tcp.SetDeadline, time.Now().Add(soon)) }

// SetReadDeadline wakes whoever waits.
func (d *data) SetReadDeadline(t time.Time) error { return d.wake(d.tcp.SetReadDeadline, t) }

// SetWriteDeadline wakes whoever waits.
func (d *data) SetWriteDeadline(t time.Time) error { return d.wake(d.tcp.SetWriteDeadline, t) }

// wire is the connection itself, with a new deadline for each call to the system.
type wire struct {
	*net.TCPConn
	d *data
}

func (w wire) Read(p []byte) (int, error) {
	if err := w.d.extend(w.SetReadDeadline); err != nil {
		return 0, err
	}
	return w.TCPConn.Read(p)
}

func (w wire) Write(p []byte) (int, error) {
	if err := w.d.extend(w.SetWriteDeadline); err != nil {
		return 0, err
	}
	return w.TCPConn.Write(p)
}

const (
	piece = 512 << 10 // how much must move before the connection counts as stalled
	batch = 128 << 10 // how much is encrypted at once
)

// ReadFrom lets the system copy a file to the connection by itself where that is not encrypted.
func (d *data) ReadFrom(src io.Reader) (total int64, err error) {
	limited, ok := src.(*io.LimitedReader)
	if d.word != nil {
		return d.encrypt(src)
	}
	if !ok {
		return io.Copy(struct{ io.Writer }{d}, src)
	}
	for limited.N > 0 {
		if err := d.extend(d.tcp.SetWriteDeadline); err != nil {
			return total, err
		}
		part := &io.LimitedReader{R: limited.R, N: min(limited.N, piece)}
		n, err := d.tcp.ReadFrom(part)
		total += n
		limited.N -= n
		if err != nil || n == 0 {
			return total, err
		}
	}
	return total, nil
}

// encrypt sends what src holds so that records go together.
func (d *data) encrypt(src io.Reader) (total int64, err error) {
	buf := make([]byte, batch)
	for {
		n, rerr := src.Read(buf)
		if n > 0 {
			d.word.hold()
			if _, err := d.Write(buf[:n]); err != nil {
				return total, err
			}
			if err := d.word.release(); err != nil {
				return total, err
			}
			total += int64(n)
		}
		if rerr == io.EOF {
			return total, nil
		}
		if rerr != nil {
			return total, rerr
		}
	}
}

// end closes the connection: in order, or so that the client cannot take what came for all there is.
func (d *data) end(whole bool) {
	if !whole {
		cut(d.tcp)
		return
	}
	_ = d.wake(d.tcp.SetDeadline, time.Now().Add(5*time.Second)) // TLS says goodbye
	d.Conn.Close()
}

func cut(tcp *net.TCPConn) {
	_ = tcp.SetLinger(0)
	tcp.Close()
}

// What keeps a transfer from beginning.
var (
	errNoData = errors.New("no data connection was asked for")
	errOpen   = errors.New("no data connection")
	errSecure = errors.New("no encryption on the data connection")
)

// connect opens the data connection that the client asked for.
func (c *client) connect(ctx context.Context) (*net.TCPConn, error) {
	switch {
	case c.passive != nil:
		return c.accept(ctx)
	case c.active.IsValid():
		return c.dial(ctx)
	}
	return nil, errNoData
}

// accept takes the first connection of this very client: whoever else comes is not let in (RFC 2577).
func (c *client) accept(ctx context.Context) (*net.TCPConn, error) {
	p := c.passive
	defer c.closePassive()
	p.timer.Stop()
	defer context.AfterFunc(ctx, func() { p.l.Close() })()
	_ = p.l.SetDeadline(time.Now().Add(c.d.o.Times.Open))
	for {
		conn, err := p.l.AcceptTCP()
		if err != nil {
			return nil, errors.Join(errOpen, err)
		}
		if addrOf(conn) == c.conn.Remote() {
			return conn, nil
		}
		c.d.o.Listen.TurnAway(addrOf(conn), listen.Reason{Code: "DOOR-STEAL-01", Text: "it connected to a port that waited for somebody else's file"})
		conn.Close()
	}
}

func addrOf(conn *net.TCPConn) netip.Addr {
	return conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap().WithZone("")
}

func (c *client) dial(ctx context.Context) (*net.TCPConn, error) {
	at := net.TCPAddrFromAddrPort(c.active)
	at.Zone = c.conn.RemoteAddr().(*net.TCPAddr).Zone
	own := c.conn.LocalAddr().(*net.TCPAddr)
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: own.IP, Zone: own.Zone}, Timeout: c.d.o.Times.Open}
	conn, err := dialer.DialContext(ctx, "tcp", at.String())
	if err != nil {
		return nil, errors.Join(errOpen, err)
	}
	return conn.(*net.TCPConn), nil
}

// dropData forgets the data connection that the client asked for.
func (c *client) dropData() {
	c.closePassive()
	c.active = netip.AddrPort{}
}
