//go:build linux

package smb

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"portico/backend/account"
	"portico/backend/listen"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/smb/view"
	"portico/backend/protocol/stream"
	"portico/backend/samba"
	"portico/backend/vfs"
)

// How long a connection may take for what.
const (
	greeting = 20 * time.Second // until it says anything
	signing  = 2 * time.Minute  // until somebody has signed in
	glance   = 200 * time.Millisecond
	parting  = 3 * time.Second // between two looks whether smbd has outlived its client
)

// visit is one connection and the smbd that speaks on it.
type visit struct {
	d      *Door
	ctx    context.Context
	c      *stream.Conn
	tcp    *net.TCPConn
	client entry.Client
	view   *view.Visit
	child  atomic.Pointer[samba.Child]

	over  context.CancelFunc // ends the visit
	known atomic.Bool        // somebody has signed in
	work  sync.WaitGroup
}

// serve lets an smbd speak with one client until either goes, its rights are taken away or the door closes.
func (d *Door) serve(ctx context.Context, c *stream.Conn) {
	select {
	case <-d.ready:
	case <-ctx.Done():
		return
	case <-c.Leaving():
		return
	}
	v := &visit{d: d, c: c, tcp: c.Conn.(*net.TCPConn)}
	v.ctx, v.over = context.WithCancel(ctx)
	defer v.over()
	v.client = entry.Client{Door: doorName, Remote: c.Remote(), Alone: true}
	if d.wrong.now() != nil || d.o.Accounts.Wait(c.Remote().String()) > 0 || !v.begins() {
		return
	}
	if err := d.refresh(ctx); err != nil {
		d.o.Log.Warn("who may sign in by SMB could not be told", "error", err)
		return
	}
	v.view = d.view.Enter(view.VisitOptions{Begin: v.begin, Lives: v.lives, Holds: samba.Holds})
	defer v.work.Wait()
	defer v.view.Leave()
	child, err := v.start()
	if err != nil {
		d.o.Log.Error("smbd could not be started", "error", err)
		d.wrong.ended(false, err)
		return
	}
	v.watch(child)
	v.over()
	v.view.Leave() // first, so that nothing is published that smbd closes because it ends
	child.Kill()
	<-child.Done()
	d.wrong.ended(v.answered(), child.Failed())
}

// answered reports whether anything was said to the client.
func (v *visit) answered() bool {
	info, err := v.tcpInfo()
	return err == nil && info.Bytes_sent > 0
}

// tcpInfo is what the system knows of the connection (tcp(7)).
func (v *visit) tcpInfo() (info *unix.TCPInfo, err error) {
	raw, err := v.tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	e := raw.Control(func(fd uintptr) { info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) })
	return info, errors.Join(e, err)
}

// begins waits for the first byte, which is the same for every client: whoever says nothing, or something
// else, costs no program.
func (v *visit) begins() bool {
	raw, err := v.tcp.SyscallConn()
	if err != nil || v.tcp.SetReadDeadline(time.Now().Add(greeting)) != nil {
		return false
	}
	var first [1]byte
	var n int
	e := raw.Read(func(fd uintptr) bool {
		n, _, err = unix.Recvfrom(int(fd), first[:], unix.MSG_PEEK)
		return err != syscall.EAGAIN && err != syscall.EINTR
	})
	// A session message of NetBIOS over TCP (MS-SMB2 section 2.1), or the request for one.
	speaks := n == 1 && (first[0] == 0 || first[0] == 0x81)
	switch {
	case errors.Is(e, os.ErrDeadlineExceeded):
		v.d.server.TurnAway(v.c, listen.Silent())
	case n == 1 && !speaks:
		v.d.server.TurnAway(v.c, listen.Foreign("SMB"))
	}
	return e == nil && err == nil && speaks
}

func (v *visit) start() (*samba.Child, error) {
	f, err := v.tcp.File()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	child, err := v.d.samba.Start(f, v.view.Name(), v.wrong)
	if err == nil {
		v.child.Store(child)
	}
	return child, err
}

// watch returns when the visit is to end.
func (v *visit) watch(child *samba.Child) {
	late := time.NewTimer(signing)
	defer late.Stop()
	tick := time.NewTicker(glance)
	tick.Stop()
	defer tick.Stop()
	look := time.NewTicker(parting)
	defer look.Stop()
	parted := false
	leaving := v.c.Leaving()
	for {
		select {
		case <-child.Done():
			return
		case <-v.ctx.Done():
			return
		case <-late.C:
			if !v.known.Load() {
				v.d.server.TurnAway(v.c, listen.Silent())
				return
			}
		case <-leaving:
			leaving = nil
			tick.Reset(glance)
		case <-tick.C:
		case <-look.C:
			// One that crashed can hang in telling of it, with all that its client had open.
			lost := !v.connected()
			if parted && lost {
				return
			}
			parted = lost
		}
		if leaving == nil && v.view.Open() == 0 {
			return
		}
	}
}

// begin begins the session of a user whom smbd has let in.
func (v *visit) begin(name string) (*vfs.Session, uint32, error) {
	l, ok := v.d.who(name)
	if !ok || v.ctx.Err() != nil {
		return nil, 0, fs.ErrNotExist
	}
	id, err := v.identity(l)
	if err != nil {
		v.d.o.Log.Debug("somebody whom smbd let in is nobody here", "name", name, "error", err)
		return nil, 0, fs.ErrPermission
	}
	s, _ := v.d.o.Entry.Session(v.ctx, id, v.client)
	v.known.Store(true)
	v.c.SignedIn()
	v.work.Go(func() {
		<-s.Done()
		v.over()
	})
	return s, l.uid, nil
}

// lives reports whether the client is still there and smbd at work: then what is closed was closed because
// the client asked for it. One that was killed is disconnected by its system, and smbd closes then what it
// had open.
func (v *visit) lives() bool {
	child := v.child.Load()
	return child != nil && v.ctx.Err() == nil && child.Running() && v.connected()
}

// connected reports whether neither side has ended the connection.
func (v *visit) connected() bool {
	info, err := v.tcpInfo()
	return err == nil && info.State == unix.BPF_TCP_ESTABLISHED
}

// wrong tells of a wrong password. Who guesses has to come again, and to wait for that.
func (v *visit) wrong(name string) {
	c := account.Credential{Kind: account.Password, Name: name, Remote: v.c.Remote().String(), Door: doorName}
	if v.d.o.Accounts.Missed(v.ctx, c) > 0 {
		v.over()
	}
}
