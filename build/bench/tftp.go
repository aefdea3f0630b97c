package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tftp fetches a file over a network that takes half a millisecond each way, with windows (RFC 7440)
// and without.
func (b *Bench) tftp(ctx context.Context) ([]Row, error) {
	const size = 2 << 20
	dir := filepath.Join(b.Memory, "tftp")
	defer os.RemoveAll(dir)
	if err := content(filepath.Join(dir, "2m.bin"), size); err != nil {
		return nil, err
	}
	ours, err := b.serve(ctx, dir, "fast", "--tftp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	door, err := netip.ParseAddrPort(strings.Trim(strings.TrimPrefix(ours.doors["tftp"], "tftp:"), "/"))
	if err != nil {
		return nil, err
	}
	way, err := newDistance(door, 500*time.Microsecond)
	if err != nil {
		return nil, err
	}
	defer way.close()
	fetch := func(window int) func() (sample, error) {
		return func() (sample, error) {
			return ours.sample(func() (float64, error) {
				seconds, err := atftp(ctx, way.addr(), window, "2m.bin", size)
				return size / 1e6 / seconds, err
			})
		}
	}
	beside, err := pairs(5, fetch(16), fetch(1))
	if err != nil {
		return nil, err
	}
	row := beside.row("TFTP 2 MiB, window 16, 1 ms away", "MB/s", "window 1")
	row.Goal, row.Met = "≥ 8 ×", row.Ratio >= 8
	return []Row{row}, nil
}

// atftp fetches a file and returns how many seconds it took.
func atftp(ctx context.Context, at netip.AddrPort, window int, name string, size int64) (float64, error) {
	file, err := os.CreateTemp("", "portico-bench-tftp")
	if err != nil {
		return 0, err
	}
	file.Close()
	defer os.Remove(file.Name())
	started := time.Now()
	cmd := exec.CommandContext(ctx, "atftp", "--option", "blksize 1428", "--option", "windowsize "+strconv.Itoa(window),
		"--get", "--remote-file="+name, "--local-file="+file.Name(), at.Addr().String(), strconv.Itoa(int(at.Port())))
	out, err := cmd.CombinedOutput()
	seconds := time.Since(started).Seconds()
	if err != nil {
		return 0, fmt.Errorf("atftp: %w: %s", err, out)
	}
	if info, err := os.Stat(file.Name()); err != nil || info.Size() != size {
		return 0, errors.Join(err, fmt.Errorf("atftp: not the whole file: %s", out))
	}
	return seconds, nil
}

// distance stands between a client and a TFTP server and holds every packet for a while, each way.
type distance struct {
	door  netip.AddrPort
	delay time.Duration
	front *net.UDPConn

	mu    sync.Mutex
	conns []*net.UDPConn
	work  sync.WaitGroup
}

func newDistance(door netip.AddrPort, delay time.Duration) (*distance, error) {
	front, err := loopback()
	if err != nil {
		return nil, err
	}
	d := &distance{door: door, delay: delay, front: front, conns: []*net.UDPConn{front}}
	d.work.Go(d.requests)
	return d, nil
}

func loopback() (*net.UDPConn, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err == nil {
		err = c.SetReadBuffer(1 << 20)
	}
	return c, err
}

func (d *distance) addr() netip.AddrPort { return d.front.LocalAddr().(*net.UDPAddr).AddrPort() }

func (d *distance) close() {
	d.mu.Lock()
	for _, c := range d.conns {
		c.Close()
	}
	d.mu.Unlock()
	d.work.Wait()
}

// requests opens a way of its own for each request: a port for the client, and one for the server.
func (d *distance) requests() {
	buf := make([]byte, 2048)
	for {
		n, client, err := d.front.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		near, err := loopback()
		if err != nil {
			return
		}
		far, err := loopback()
		if err != nil {
			near.Close()
			return
		}
		d.mu.Lock()
		d.conns = append(d.conns, near, far)
		d.mu.Unlock()
		var server netip.AddrPort // of the transfer
		known := make(chan struct{})
		d.work.Go(func() {
			d.carry(far, func(p []byte, from netip.AddrPort) {
				if !server.IsValid() {
					server = from
					close(known)
				}
				near.WriteToUDPAddrPort(p, client)
			})
		})
		d.work.Go(func() {
			d.carry(near, func(p []byte, _ netip.AddrPort) {
				<-known
				far.WriteToUDPAddrPort(p, server)
			})
		})
		time.Sleep(d.delay)
		far.WriteToUDPAddrPort(buf[:n], d.door)
	}
}

// carry passes on what comes to a socket, in order, each packet when its time has come.
func (d *distance) carry(from *net.UDPConn, pass func([]byte, netip.AddrPort)) {
	type held struct {
		p    []byte
		from netip.AddrPort
		due  time.Time
	}
	queue := make(chan held, 4096)
	d.work.Go(func() {
		for h := range queue {
			time.Sleep(time.Until(h.due))
			pass(h.p, h.from)
		}
	})
	defer close(queue)
	for {
		p := make([]byte, 2048)
		n, at, err := from.ReadFromUDPAddrPort(p)
		if err != nil {
			return
		}
		queue <- held{p[:n], at, time.Now().Add(d.delay)}
	}
}
