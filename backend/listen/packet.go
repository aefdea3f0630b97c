package listen

import (
	"context"
	"net"
)

// OpenedPacket is what OpenPacket opened.
type OpenedPacket struct {
	Conns   []*net.UDPConn
	Refused []*RefusedError // ports that could not be had, in the order they were tried
}

// OpenPacket is Open for doors that speak UDP.
func OpenPacket(ctx context.Context, s Spec) (*OpenedPacket, error) {
	conns, refused, err := openWanted(ctx, s, openUDP)
	if err != nil {
		return nil, err
	}
	return &OpenedPacket{conns, refused}, nil
}

func openUDP(ctx context.Context, addr string) (*net.UDPConn, int, error) {
	var lc net.ListenConfig
	c, err := lc.ListenPacket(ctx, "udp", addr)
	if err != nil {
		return nil, 0, refuse("udp", addr, err)
	}
	return c.(*net.UDPConn), c.LocalAddr().(*net.UDPAddr).Port, nil
}
