// Package listen opens TCP and UDP ports for doors: both address families, the next free port when the
// wanted one is taken, and words about who holds it.
//
// It accepts nothing, speaks no protocol and knows no door.
package listen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
)

// Spec says where a door wants to listen.
type Spec struct {
	// Addrs are "host:port", or ":port" for every address of both families. An empty list is ":0".
	// All of them open, or none.
	Addrs []string
	// Next are ports to try in order when the wanted one is taken or forbidden. Without Next the
	// wanted ports stand, and being refused is an error.
	Next []int
	// Any takes whatever port is free after all of Next failed.
	Any bool
	// Knock is told of every connection, before anything is said on it, by the door that accepts it
	// (Came), and of every request over UDP. nil: nobody is.
	Knock func(from netip.Addr)
	// Away is told of whoever is turned away, by the door that does it (TurnAway). It must not wait.
	// nil: nobody is.
	Away func(from netip.Addr, why Reason)
}

// Came tells of a connection that was just accepted. Doors call it for each; it returns at once.
func (s Spec) Came(c net.Conn) {
	if s.Knock == nil {
		return
	}
	if at, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		s.Knock(at.AddrPort().Addr().Unmap().WithZone(""))
	}
}

// Opened is what Open opened.
type Opened struct {
	Listeners []*net.TCPListener
	Refused   []*RefusedError // ports that could not be had, in the order they were tried
}

// RefusedError tells which address could not be opened, and why.
type RefusedError struct {
	Addr      string
	Forbidden bool   // the system wants more rights for this port
	Holder    string // the program that has it, as far as it can be found: "nginx (process 812)"
	Err       error
}

func (e *RefusedError) Error() string {
	switch {
	case e.Forbidden:
		return e.Addr + " needs administrator rights"
	case e.Holder != "":
		return e.Addr + " is used by " + e.Holder
	case e.Taken():
		return e.Addr + " is used by another program"
	case errors.Is(e.Err, errElsewhere):
		return e.Addr + " is no address of this computer"
	}
	return fmt.Sprintf("%s cannot be opened: %v", e.Addr, e.Err)
}

// Taken reports whether another program has the port.
func (e *RefusedError) Taken() bool { return errors.Is(e.Err, errTaken) }

func (e *RefusedError) Unwrap() error { return e.Err }

// Open opens all addresses of s. When they cannot be had on the wanted ports it moves all of them
// together to the next port that Spec allows. The error is the first refusal, a *RefusedError where
// the system refused.
func Open(ctx context.Context, s Spec) (*Opened, error) {
	ls, refused, err := openWanted(ctx, s, openTCP)
	if err != nil {
		return nil, err
	}
	return &Opened{ls, refused}, nil
}

// opener opens one address and tells which port it got.
type opener[T io.Closer] func(ctx context.Context, addr string) (T, int, error)

func openWanted[T io.Closer](ctx context.Context, s Spec, open opener[T]) ([]T, []*RefusedError, error) {
	addrs := s.Addrs
	if len(addrs) == 0 {
		addrs = []string{":0"}
	}
	var all []*RefusedError
	for _, port := range s.ports() {
		ls, err := openAll(ctx, addrs, port, open)
		if err == nil {
			return ls, all, nil
		}
		var refused *RefusedError
		if !errors.As(err, &refused) {
			return nil, nil, err
		}
		all = append(all, refused)
		if !refused.moves() {
			break
		}
	}
	return nil, nil, all[0]
}

// asWritten keeps the ports that the addresses name.
const asWritten = -1

func (s Spec) ports() []int {
	ports := append([]int{asWritten}, s.Next...)
	if s.Any {
		ports = append(ports, 0)
	}
	return ports
}

// moves reports whether another port may help.
func (e *RefusedError) moves() bool {
	return e.Forbidden || e.Taken()
}

// openAll opens every address, on port where that is not asWritten. Port 0 means any, but the same
// for all addresses.
func openAll[T io.Closer](ctx context.Context, addrs []string, port int, open opener[T]) (ls []T, err error) {
	defer func() {
		if err != nil {
			for _, l := range ls {
				l.Close()
			}
			ls = nil
		}
	}()
	first := 0
	for _, addr := range addrs {
		host, wanted, err := split(addr)
		if err != nil {
			return ls, err
		}
		if port != asWritten {
			wanted = port
		}
		if wanted == 0 {
			wanted = first
		}
		l, got, err := open(ctx, net.JoinHostPort(host, strconv.Itoa(wanted)))
		if err != nil {
			return ls, err
		}
		if ls = append(ls, l); first == 0 {
			first = got
		}
	}
	return ls, nil
}

func openTCP(ctx context.Context, addr string) (*net.TCPListener, int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, 0, refuse("tcp", addr, err)
	}
	return l.(*net.TCPListener), l.Addr().(*net.TCPAddr).Port, nil
}

// refuse says why the system did not open an address.
func refuse(network, addr string, err error) error {
	refused := &RefusedError{Addr: addr, Err: err, Forbidden: errors.Is(err, errForbidden)}
	if refused.Taken() {
		refused.Holder = holder(network, addr)
	}
	return refused
}

// split reads "host:port" and refuses what the system would take for a service name.
func split(addr string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, fmt.Errorf("address %q: want HOST:PORT or :PORT", addr)
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("address %q: the port is a number from 0 to 65535", addr)
	}
	return host, port, nil
}
