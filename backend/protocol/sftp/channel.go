package sftp

import (
	"io"
	"time"

	"golang.org/x/crypto/ssh"
)

// undecided is how long a channel may be open before the client says what it is for.
const undecided = 30 * time.Second

// noShell is what somebody reads who wants another service.
const noShell = "There is no shell here, only files: use sftp, scp, rclone or sshfs with this address.\r\n"

// receiveOne opens a channel, if it is one for files.
func (v *visit) receiveOne(c ssh.NewChannel) {
	var err error
	switch {
	case c.ChannelType() != "session":
		err = c.Reject(ssh.Prohibited, "this server forwards nothing; it serves files by sftp and scp")
	case v.leaving.Load():
		err = c.Reject(ssh.ResourceShortage, "this server is closing")
	case v.channels.Load() >= mostChannels:
		err = c.Reject(ssh.ResourceShortage, "too many channels on this connection")
	default:
		v.accept(c)
	}
	if err != nil {
		v.d.o.Log.Debug("a refusal was not sent", "error", err)
	}
}

func (v *visit) accept(c ssh.NewChannel) {
	ch, requests, err := c.Accept()
	if err != nil {
		v.d.o.Log.Debug("a channel was not opened", "error", err)
		return
	}
	v.channels.Add(1)
	v.work.Go(func() {
		defer v.channels.Add(-1)
		v.requests(ch, requests)
	})
}

// requests answers what is asked about a channel until it is closed. The first service is the only one.
func (v *visit) requests(ch ssh.Channel, requests <-chan *ssh.Request) {
	idle := time.AfterFunc(undecided, func() { ch.Close() })
	defer idle.Stop()
	begun := false
	for r := range requests {
		var run func(ssh.Channel) uint32
		if !begun {
			run = v.service(r)
		}
		if err := r.Reply(run != nil, nil); err != nil || run == nil {
			continue
		}
		begun = true
		idle.Stop()
		v.work.Go(func() { finish(ch, run(ch)) })
	}
}

// finish tells how a service ended, as programs do by their exit status, and closes the channel.
func finish(ch ssh.Channel, status uint32) {
	if _, err := ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status})); err != nil {
		return // the connection is gone
	}
	ch.Close()
}

// service says what a request asks for; nil where that is not had here.
func (v *visit) service(r *ssh.Request) func(ssh.Channel) uint32 {
	var named struct{ Name string }
	switch r.Type {
	case "shell":
		return refuse
	case "subsystem":
		if ssh.Unmarshal(r.Payload, &named) == nil && named.Name == "sftp" {
			return v.talk
		}
	case "exec":
		if ssh.Unmarshal(r.Payload, &named) != nil {
			return nil
		}
		o, err := parseOrder(named.Name)
		if err != nil {
			return refuse
		}
		return func(ch ssh.Channel) uint32 { return v.scp(ch, o) }
	}
	return nil
}

func refuse(ch ssh.Channel) uint32 {
	// Who does not take it has gone.
	_, _ = io.WriteString(ch.Stderr(), noShell)
	return 1
}

// talk serves the subsystem "sftp".
func (v *visit) talk(ch ssh.Channel) uint32 {
	t := &talk{ch: ch, log: v.d.o.Log, s: v.s, start: v.start, keep: v.keep, large: &v.d.large, busy: v.busy, asked: v.touch}
	if err := t.converse(); err != nil {
		v.d.o.Log.Debug("a conversation ended early", "remote", v.c.RemoteAddr(), "error", err)
		return 1
	}
	return 0
}
