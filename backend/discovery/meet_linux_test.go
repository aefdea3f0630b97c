package discovery

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain: with PORTICO_TEST_HOLD this program only holds its network namespace, until stdin ends.
func TestMain(m *testing.M) {
	if os.Getenv("PORTICO_TEST_HOLD") != "" {
		fmt.Println("here")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	os.Exit(m.Run())
}

// TestMeet has a router of its own, in another namespace, and looks who it is.
func TestMeet(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a network namespace needs root")
	}
	for _, tool := range []string{"ip", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	router := exec.CommandContext(t.Context(), self)
	router.Env = append(os.Environ(), "PORTICO_TEST_HOLD=1")
	router.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	hold, err := router.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := router.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := router.Start(); err != nil {
		t.Skip("no network namespace here:", err)
	}
	defer router.Wait()
	defer hold.Close()
	if _, err := said.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	tables := make(chan [2]Table)
	go func() {
		defer close(tables)
		// The thread is not unlocked: it dies with the goroutine, and the namespace with it.
		runtime.LockOSThread()
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
			return
		}
		meetRouter(t, fmt.Sprint(router.Process.Pid), tables)
	}()
	got, ok := <-tables
	if !ok {
		t.Fatal("nothing was read")
	}
	first, second := Networks(got[0]), Networks(got[1])
	if len(first) != 1 || len(second) != 1 || !first[0].Sure || !second[0].Sure {
		t.Fatalf("%+v\n%+v", first, second)
	}
	if first[0].Addr != second[0].Addr || first[0].ID == second[0].ID || got[0].Same(got[1]) {
		t.Errorf("another router was taken for the first:\n%+v\n%+v", got[0], got[1])
	}
}

func meetRouter(t *testing.T, pid string, tables chan<- [2]Table) {
	do := func(line string) {
		args := strings.Fields(strings.ReplaceAll(line, "PID", pid))
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", line, err, out)
		}
	}
	look := func() (table Table) {
		for range 200 { // an interface that was just switched on has no carrier yet
			var err error
			if table, err = Read(); err != nil {
				t.Error(err)
			}
			Meet(context.Background(), table)
			if list := Networks(table); len(list) == 1 && list[0].Sure {
				return table
			}
			time.Sleep(50 * time.Millisecond)
		}
		return table
	}
	do("ip link add eth0 type veth peer name port netns PID")
	do("nsenter -t PID -n ip link set port address 02:00:00:00:00:01 up")
	do("nsenter -t PID -n ip addr add 192.168.7.1/24 dev port")
	do("ip addr add 192.168.7.20/24 dev eth0")
	do("ip link set eth0 up")
	do("ip route add default via 192.168.7.1")
	var out [2]Table
	out[0] = look()
	do("ip link set eth0 down")
	do("nsenter -t PID -n ip link set port address 02:00:00:00:00:02")
	do("ip link set eth0 up")
	do("ip route add default via 192.168.7.1")
	out[1] = look()
	tables <- out
}

func FuzzReadNeighbour(f *testing.F) {
	good := make([]byte, 12)
	good[0] = unix.AF_INET
	binary.NativeEndian.PutUint32(good[4:], 2)
	binary.NativeEndian.PutUint16(good[8:], unix.NUD_REACHABLE)
	good = append(good, 8, 0, unix.NDA_DST, 0, 192, 168, 1, 1, 10, 0, unix.NDA_LLADDR, 0, 2, 0, 0, 0, 0, 1, 0, 0)
	f.Add(good)
	f.Add([]byte{})
	f.Add(good[:13])
	if index, addr, mac, ok := readNeighbour(good); !ok || index != 2 || addr.String() != "192.168.1.1" || mac != "02:00:00:00:00:01" {
		f.Errorf("%d %s %s %v", index, addr, mac, ok)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, addr, mac, ok := readNeighbour(b); ok && (!addr.IsValid() || len(mac) != 17) {
			t.Errorf("%v %q of %x", addr, mac, b)
		}
	})
}
