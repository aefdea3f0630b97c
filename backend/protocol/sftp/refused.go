package sftp

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"

	"portico/backend/listen"
)

// times are how long a connection may take until somebody has signed in.
type times struct {
	greeting time.Duration // until both have agreed on keys
	signing  time.Duration // from then on
}

// within gives the client so long for what comes now.
func (v *visit) within(d time.Duration) {
	v.until = time.Now().Add(d)
	// A deadline that cannot be set is a connection that is gone; so is what follows.
	_ = v.c.SetDeadline(v.until)
}

// refused tells of a connection on which nobody signed in, where that is no ordinary end: clients that ask
// for a key and go, or that show wrong secrets, are told of by nobody here.
func (v *visit) refused(err error) {
	var none *ssh.AlgorithmNegotiationError
	var tried *ssh.ServerAuthError
	switch {
	case errors.As(err, &none):
		v.parted(none)
	case errors.As(err, &tried):
	case !v.wire.ssh():
		v.d.server.TurnAway(v.c, listen.Foreign("SSH"))
	case !time.Now().Before(v.until):
		v.d.server.TurnAway(v.c, listen.Silent())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
	default:
		v.d.server.TurnAway(v.c, listen.Foreign("SSH"))
	}
}
