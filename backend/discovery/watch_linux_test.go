package discovery

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestWatch changes a real network, in a namespace of its own, and waits to be told.
func TestWatch(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a network namespace needs root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("iproute2 is not installed")
	}
	tables := make(chan Table, 16)
	ready := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		// The thread is not unlocked: it dies with the goroutine, and the namespace with it.
		runtime.LockOSThread()
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			ready <- err
			return
		}
		inNamespace(ctx, t, ready, tables)
	}()
	if err := <-ready; err != nil {
		t.Skip("no network namespace here:", err)
	}
	want := netip.MustParseAddr("192.168.77.5")
	for {
		select {
		case table := <-tables:
			if best, ok := Best(table); ok && best.Addr == want {
				cancel()
				<-done
				return
			}
		case <-ctx.Done():
			t.Fatal("the change was not told")
		}
	}
}

// inNamespace follows one namespace from one thread: everything here must stay on it, so it reads
// and listens itself instead of calling Watch, whose parts may run on other threads.
func inNamespace(ctx context.Context, t *testing.T, ready chan<- error, tables chan<- Table) {
	news := make(chan struct{}, 1)
	socket, err := openNetlink()
	if err != nil {
		ready <- err
		return
	}
	go follow(ctx, socket, news)
	ready <- nil
	for _, args := range []string{"link add test0 type veth peer name test1", "link set test1 up", "addr add 192.168.77.5/24 dev test0", "link set test0 up"} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Errorf("ip %s: %v: %s", args, err, out)
			return
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-news:
			settle(ctx, news)
			if table, err := Read(); err == nil {
				tables <- table
			}
		}
	}
}
