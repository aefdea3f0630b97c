package web

import (
	"context"
	"crypto/tls"
	"net"
	"syscall"
)

// link is the TCP connection below a request, below TLS too. nil stands for none: a Unix socket, a
// test's recorder.
type link struct{ raw syscall.RawConn }

type linkKey struct{}

// connContext is http.Server.ConnContext: it remembers the connection itself.
func connContext(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	t, ok := c.(*net.TCPConn)
	if !ok {
		return ctx
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return ctx // closed already
	}
	return context.WithValue(ctx, linkKey{}, &link{raw})
}

func linkOf(ctx context.Context) *link {
	l, _ := ctx.Value(linkKey{}).(*link)
	return l
}
