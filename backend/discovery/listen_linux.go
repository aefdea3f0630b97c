package discovery

import (
	"context"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// listen waits for the kernel's word that links, addresses or routes changed (rtnetlink(7)).
// It costs nothing while nothing changes.
func listen(ctx context.Context, news chan<- struct{}) {
	socket, err := openNetlink()
	if err != nil {
		poll(ctx, news)
		return
	}
	follow(ctx, socket, news)
}

func openNetlink() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR | unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV6_ROUTE)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "rtnetlink"), nil // joins the runtime's poller: Close wakes Read
}

// follow tells of every message until ctx ends. Messages that were lost (ENOBUFS) are news too.
func follow(ctx context.Context, socket *os.File, news chan<- struct{}) {
	stop := context.AfterFunc(ctx, func() { socket.Close() })
	defer stop()
	defer socket.Close()
	buf := make([]byte, 16<<10)
	for {
		_, err := socket.Read(buf)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !errors.Is(err, unix.ENOBUFS) {
			poll(ctx, news)
			return
		}
		tell(news)
	}
}
