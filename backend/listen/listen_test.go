package listen

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// taken opens a port that is then in the way.
func taken(t *testing.T) (addr string, port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String(), l.Addr().(*net.TCPAddr).Port
}

func ports(o *Opened) (out []int) {
	for _, l := range o.Listeners {
		out = append(out, l.Addr().(*net.TCPAddr).Port)
	}
	return out
}

func open1(t *testing.T, s Spec) *Opened {
	t.Helper()
	o, err := Open(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, l := range o.Listeners {
			l.Close()
		}
	})
	return o
}

func TestOpenAnyPort(t *testing.T) {
	o := open1(t, Spec{Addrs: []string{"127.0.0.1:0", "[::1]:0"}})
	p := ports(o)
	if len(p) != 2 || p[0] == 0 || p[0] != p[1] {
		t.Fatalf("ports %v, want twice the same", p)
	}
}

func TestOpenBothFamilies(t *testing.T) {
	o := open1(t, Spec{})
	port := strconv.Itoa(ports(o)[0])
	for _, host := range []string{"127.0.0.1", "::1"} {
		c, err := net.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		c.Close()
	}
}

func TestOpenMovesOn(t *testing.T) {
	addr, first := taken(t)
	_, second := taken(t)
	free := open1(t, Spec{Addrs: []string{"127.0.0.1:0"}})
	third := ports(free)[0]
	free.Listeners[0].Close()

	o := open1(t, Spec{Addrs: []string{addr}, Next: []int{second, third}})
	if got := ports(o)[0]; got != third {
		t.Fatalf("port %d, want %d", got, third)
	}
	if len(o.Refused) != 2 || !strings.HasSuffix(o.Refused[0].Addr, ":"+strconv.Itoa(first)) {
		t.Fatalf("refused %v", o.Refused)
	}

	o = open1(t, Spec{Addrs: []string{addr}, Next: []int{second}, Any: true})
	if got := ports(o)[0]; got == first || got == second || got == 0 {
		t.Fatalf("port %d", got)
	}
}

func TestOpenNamesTheHolder(t *testing.T) {
	addr, _ := taken(t)
	_, err := Open(context.Background(), Spec{Addrs: []string{addr}})
	var refused *RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("error %v, want a *RefusedError", err)
	}
	if !strings.Contains(err.Error(), addr) {
		t.Errorf("%q does not name %s", err, addr)
	}
	if runtime.GOOS == "linux" && !strings.Contains(err.Error(), "listen.test (process ") {
		t.Errorf("%q does not name this process", err)
	}
}

func TestOpenIsAllOrNothing(t *testing.T) {
	addr, _ := taken(t)
	free := open1(t, Spec{Addrs: []string{"127.0.0.1:0"}})
	other := free.Listeners[0].Addr().String()
	free.Listeners[0].Close()
	if _, err := Open(context.Background(), Spec{Addrs: []string{other, addr}}); err == nil {
		t.Fatal("opened beside a taken port")
	}
	l, err := net.Listen("tcp", other)
	if err != nil {
		t.Fatalf("the first address stayed open: %v", err)
	}
	l.Close()
}

func TestOpenRefusesNonsense(t *testing.T) {
	for _, addr := range []string{"3923", "localhost", ":http", ":65536", ":-1", "1.2.3.4:x"} {
		_, err := Open(context.Background(), Spec{Addrs: []string{addr}, Any: true})
		var refused *RefusedError
		if err == nil || errors.As(err, &refused) {
			t.Errorf("%q: %v, want an error of the text", addr, err)
		}
	}
	// An address that is not this computer's: another port does not help.
	if _, err := Open(context.Background(), Spec{Addrs: []string{"192.0.2.1:0"}, Any: true}); err == nil {
		t.Error("listened on a foreign address")
	}
}

// TestOpenPacket: the same rules for UDP, where a port of TCP is in nobody's way.
func TestOpenPacket(t *testing.T) {
	addr, port := taken(t)
	first, err := OpenPacket(t.Context(), Spec{Addrs: []string{addr}})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Conns[0].Close()
	_, err = OpenPacket(t.Context(), Spec{Addrs: []string{addr}})
	var refused *RefusedError
	if !errors.As(err, &refused) || !refused.Taken() {
		t.Fatalf("error %v, want that the port is taken", err)
	}
	if runtime.GOOS == "linux" && !strings.Contains(err.Error(), "listen.test (process ") {
		t.Errorf("%q does not name this process", err)
	}
	other, err := OpenPacket(t.Context(), Spec{Addrs: []string{addr, "[::1]:" + strconv.Itoa(port)}, Any: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range other.Conns {
		defer c.Close()
	}
	if len(other.Conns) != 2 || len(other.Refused) != 1 || other.Conns[0].LocalAddr().(*net.UDPAddr).Port != other.Conns[1].LocalAddr().(*net.UDPAddr).Port {
		t.Errorf("opened %v, refused %v", other.Conns, other.Refused)
	}
}
