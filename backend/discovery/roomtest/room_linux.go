package roomtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

const insideRoom = "PORTICO_TEST_ROOM"

// Main runs everything in a network namespace of its own, where it may: what is said there is heard
// by nobody, and nobody else is heard. Then it looks for goroutines that were left behind, and ends.
func Main(m *testing.M) {
	if os.Getenv(insideRoom) == "" && possible() == "" && !slices.Contains(os.Args, "-test.fuzzworker") {
		self, err := os.Executable()
		if err != nil {
			panic(err)
		}
		again := exec.Command(self, os.Args[1:]...)
		again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
		again.Env = append(os.Environ(), insideRoom+"=1")
		again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
		var ended *exec.ExitError
		if err := again.Run(); errors.As(err, &ended) {
			os.Exit(ended.ExitCode())
		} else if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	// zeroconf's own announcements of what was taken back meanwhile end some seconds later.
	for deadline := time.Now().Add(10 * time.Second); code == 0; {
		err := goleak.Find()
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// possible says why there can be no namespace; "" where there can.
func possible() string {
	if os.Geteuid() != 0 {
		return "a network namespace needs root"
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return "iproute2 is not installed"
	}
	probe := exec.Command("true")
	probe.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	if err := probe.Run(); err != nil {
		return "no network namespace here: " + err.Error()
	}
	return ""
}

// Room is the other end of two networks of this computer: lan0, and cafe0 where nothing is approved.
// Whatever is done in it is done by one thread in a namespace of its own.
type Room struct {
	t    *testing.T
	do   chan func()
	over chan struct{}
	tid  int
}

// New plugs the cables in, until the test ends. It skips a test where there can be no namespace.
func New(t *testing.T) *Room {
	t.Helper()
	if why := possible(); why != "" {
		t.Skip(why)
	}
	r := &Room{t: t, do: make(chan func()), over: make(chan struct{})}
	ready := make(chan error)
	go func() {
		defer close(r.over)
		// The thread is not unlocked: it dies with the goroutine, and the namespace with it.
		runtime.LockOSThread()
		err := unix.Unshare(unix.CLONE_NEWNET)
		r.tid = unix.Gettid()
		ready <- err
		for f := range r.do {
			f()
		}
	}()
	if err := <-ready; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(r.do)
		<-r.over
		for _, name := range []string{"lan0", "cafe0"} {
			_ = exec.Command("ip", "link", "del", name).Run()
		}
	})
	for n, name := range []string{"lan0", "cafe0"} {
		IP(t, "link add %s type veth peer name %s netns %d", name, name, r.tid)
		IP(t, "addr add 192.168.%d.1/24 dev %s", 50+n, name)
		IP(t, "link set %s up", name)
		r.In(func() {
			IP(t, "addr add 192.168.%d.2/24 dev %s", 50+n, name)
			IP(t, "link set %s up", name)
		})
		r.Until("the cable is plugged in", func() bool {
			i, err := net.InterfaceByName(name)
			return err == nil && i.Flags&net.FlagRunning != 0
		})
	}
	return r
}

// IP runs the program ip.
func IP(t *testing.T, line string, args ...any) {
	t.Helper()
	line = fmt.Sprintf(line, args...)
	if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
		t.Errorf("ip %s: %v: %s", line, err, out)
	}
}

// In does something in the room and waits for it.
func (r *Room) In(f func()) {
	done := make(chan struct{})
	r.do <- func() { defer close(done); f() }
	<-done
}

// Until waits for a condition.
func (r *Room) Until(what string, is func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatal("not seen: " + what)
		}
	}
}

// Need skips a test that lacks one of some programs; in continuous integration that is a failure.
func Need(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(program + " is not installed")
			}
			t.Skip(program + " is not installed")
		}
	}
}
