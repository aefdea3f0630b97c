package bench

import (
	"context"
	"errors"
	"net"
)

// freePort is a port of this computer at which nobody listens just now, for peers that want to be told one.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// listened waits until somebody listens at a port.
func listened(ctx context.Context, port string) error {
	return until(ctx, func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}
