package web

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"syscall"
)

// link is the TCP connection below a request, below TLS too. nil stands for none: a Unix socket, a
// test's recorder.
type link struct {
	raw   syscall.RawConn
	conn  net.Conn    // as http.Server knows it
	asked atomic.Bool // a whole request came
}

type linkKey struct{}

// connContext is http.Server.ConnContext: it remembers the connection itself.
func connContext(ctx context.Context, c net.Conn) context.Context {
	under := c
	if t, ok := c.(*tls.Conn); ok {
		under = t.NetConn()
	}
	t, ok := under.(*net.TCPConn)
	if !ok {
		return ctx
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return ctx // closed already
	}
	return context.WithValue(ctx, linkKey{}, &link{raw: raw, conn: c})
}

func linkOf(ctx context.Context) *link {
	l, _ := ctx.Value(linkKey{}).(*link)
	return l
}
