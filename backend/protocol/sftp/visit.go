package sftp

import (
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"portico/backend/access"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/stream"
	"portico/backend/vfs"
)

// How long a connection may take for what.
const (
	greeting = 20 * time.Second // until both have agreed on keys
	signing  = 2 * time.Minute  // until somebody has signed in: people type
	beat     = 30 * time.Second // how often the server looks whether the client is there
	deaf     = 2 * time.Minute  // without a byte from it, although it was asked
	unused   = 10 * time.Minute // without a channel
)

// mostChannels is how many channels one connection may have open.
const mostChannels = 10

// visit is one connection.
type visit struct {
	d      *Door
	c      *stream.Conn
	wire   *wire
	client entry.Client
	until  time.Time // signing in must be done by then
	conn   ssh.Conn
	s      *vfs.Session
	start  string
	keep   bool

	work     sync.WaitGroup
	channels atomic.Int32
	open     atomic.Int32 // files and folders
	leaving  atomic.Bool
	asked    atomic.Int64 // when something was asked last, ns since 1970
}

// wire notes when something came, and what came first.
type wire struct {
	net.Conn
	heard atomic.Int64 // ns since 1970

	mu    sync.Mutex
	first []byte // as many bytes as sign; only the one reader changes it
}

// sign is what every client of SSH begins with.
const sign = "SSH-"

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.heard.Store(time.Now().UnixNano())
	if more := len(sign) - len(w.first); more > 0 {
		w.mu.Lock()
		w.first = append(w.first, p[:min(n, more)]...)
		w.mu.Unlock()
	}
	return n, err
}

// ssh reports whether what came began as SSH does, as far as it came.
func (w *wire) ssh() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.HasPrefix(sign, string(w.first))
}

// serve speaks with one client.
func (d *Door) serve(ctx context.Context, c *stream.Conn) {
	v := &visit{d: d, c: c, wire: &wire{Conn: c.Conn}}
	v.client = entry.Client{Door: doorName, Remote: c.Remote(), Secure: true, Alone: true}
	v.within(d.times.greeting)
	conn, chans, requests, err := ssh.NewServerConn(v.wire, v.config(ctx))
	if err != nil {
		d.o.Log.Debug("nobody signed in", "remote", c.RemoteAddr(), "error", err)
		v.refused(err)
		return
	}
	_ = c.SetDeadline(time.Time{})
	c.SignedIn()
	v.conn = conn
	who, _ := conn.Permissions.ExtraData[identity{}].(access.Identity)
	v.keep = !vfs.Many(who.Kind)
	v.s, v.start = d.o.Entry.Session(ctx, who, v.client)
	v.touch()
	over := make(chan struct{})
	v.work.Go(func() { v.watch(over) })
	v.receive(chans, requests)
	close(over)
	v.s.Close()
	v.work.Wait()
}

// receive opens channels until the connection ends.
func (v *visit) receive(chans <-chan ssh.NewChannel, requests <-chan *ssh.Request) {
	for {
		select {
		case c, more := <-chans:
			if !more {
				return
			}
			v.receiveOne(c)
		case r := <-requests:
			if r == nil {
				requests = nil // the end: chans tells of it, too
				continue
			}
			// Nothing of the whole connection's is had here: no forwarded ports, no other keys.
			_ = r.Reply(false, nil)
		}
	}
}

// watch ends the connection where its client does not: because its rights have gone, because the door
// closes and nothing is open any more, or because the client is not there. It never waits for the client.
func (v *visit) watch(over <-chan struct{}) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	var asking atomic.Bool
	leaving, lost := v.c.Leaving(), v.s.Done()
	for {
		select {
		case <-over:
			return
		case <-lost:
			lost = nil
			v.conn.Close()
		case <-leaving:
			leaving = nil
			v.leaving.Store(true)
			v.busy(0)
		case <-tick.C:
			v.look(&asking)
		}
	}
}

// look lets go who is not there any more, and asks who was silent.
func (v *visit) look(asking *atomic.Bool) {
	now := time.Now()
	silent, idle := now.Sub(time.Unix(0, v.wire.heard.Load())), now.Sub(time.Unix(0, v.asked.Load()))
	switch {
	case silent >= deaf, idle >= v.d.o.Idle, idle >= unused && v.channels.Load() == 0:
		v.conn.Close()
	case silent >= beat && !asking.Swap(true):
		v.work.Go(func() {
			// Any answer is one, also that it does not know the question.
			_, _, _ = v.conn.SendRequest("keepalive@openssh.com", true, nil)
			asking.Store(false)
		})
	}
}

// busy counts what is open. When the door closes, the last one closes the connection.
func (v *visit) busy(more int) {
	if v.open.Add(int32(more)) == 0 && v.leaving.Load() {
		v.conn.Close()
	}
}

func (v *visit) touch() { v.asked.Store(time.Now().UnixNano()) }
