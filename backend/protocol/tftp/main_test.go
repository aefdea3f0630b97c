package tftp

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/protocol/entry"
	"portico/backend/protocol/protocoltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everybody on this computer comes as who; "" is a guest.
func everybody(who string) entry.Places {
	if who == "" {
		return nil
	}
	return entry.Places{netip.MustParsePrefix("127.0.0.0/8"): who}
}

// options are those that tests want where o leaves something out.
func options(h *protocoltest.House, o Options) Options {
	o.Entry = entry.New(entry.Options{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})
	o.Listen.Addrs = []string{"127.0.0.1:0"}
	if o.Networks == nil {
		o.Networks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	if o.Wait == 0 {
		o.Wait = 10 * time.Second // nothing is sent twice because this machine is slow
	}
	return o
}

// open opens a door over a house until the test ends.
func open(t *testing.T, h *protocoltest.House, o Options) *Door {
	t.Helper()
	d := New(options(h, o))
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := d.Stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("stop: %v", err)
		}
	})
	return d
}

// wire is a client that says what a test wants it to say.
type wire struct {
	t    *testing.T
	conn *net.UDPConn
	door netip.AddrPort
	peer netip.AddrPort // the port of the transfer, once it is known
}

func dial(t *testing.T, d *Door) *wire {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &wire{t: t, conn: conn, door: d.Addrs()[0]}
}

// ask sends a request; options are names and values in turn.
func (w *wire) ask(op byte, name, mode string, options ...any) {
	w.t.Helper()
	p := []byte{0, op}
	for _, text := range append([]any{name, mode}, options...) {
		p = append(fmt.Append(p, text), 0)
	}
	w.peer = netip.AddrPort{}
	w.to(w.door, p)
}

func (w *wire) to(at netip.AddrPort, p []byte) {
	w.t.Helper()
	if _, err := w.conn.WriteToUDPAddrPort(p, at); err != nil {
		w.t.Fatal(err)
	}
}

func (w *wire) send(p []byte) {
	w.t.Helper()
	w.to(w.peer, p)
}

func (w *wire) ack(n int) { w.t.Helper(); w.send(ackPacket(int64(n))) }

func (w *wire) data(n int, data []byte) {
	w.t.Helper()
	w.send(append(dataPacket(nil, int64(n)), data...))
}

// read returns the next packet that comes within d; nil when none does.
func (w *wire) read(d time.Duration) []byte {
	w.t.Helper()
	buf := make([]byte, 70_000)
	if err := w.conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		w.t.Fatal(err)
	}
	n, from, err := w.conn.ReadFromUDPAddrPort(buf)
	if err != nil {
		return nil
	}
	if !w.peer.IsValid() && from != w.door {
		w.peer = from
	}
	return buf[:n]
}

const long = 20 * time.Second

// next returns the next packet: its kind, its number and what follows.
func (w *wire) next() (op, number int, rest []byte) {
	w.t.Helper()
	p := w.read(long)
	if len(p) < head {
		w.t.Fatalf("no answer: %q", p)
	}
	return int(binary.BigEndian.Uint16(p)), int(binary.BigEndian.Uint16(p[2:])), p[head:]
}

// want checks what comes next: "ack 3", "data 2", "options blksize 1024", "error 5".
func (w *wire) want(want string) []byte {
	w.t.Helper()
	p := w.read(long)
	if got := show(p); got != want {
		w.t.Fatalf("came %q (%q), want %q", got, p[:min(len(p), 80)], want)
	}
	return p[min(len(p), head):]
}

// until checks that something comes at last, behind what is sent again.
func (w *wire) until(want string) {
	w.t.Helper()
	for {
		p := w.read(long)
		if p == nil {
			w.t.Fatalf("%q never came", want)
		}
		if show(p) == want {
			return
		}
	}
}

// show is a packet in words.
func show(p []byte) string {
	if len(p) < head {
		return "nothing"
	}
	number := strconv.Itoa(int(binary.BigEndian.Uint16(p[2:])))
	switch binary.BigEndian.Uint16(p) {
	case opData:
		return "data " + number
	case opAck:
		return "ack " + number
	case opError:
		return "error " + number
	case opOptions:
		return "options " + string(bytes.ReplaceAll(bytes.TrimRight(p[2:], "\x00"), []byte{0}, []byte{' '}))
	}
	return "something else"
}

// none checks that nothing comes for a while in which something wrong would have.
func (w *wire) none(d time.Duration) {
	w.t.Helper()
	if p := w.read(d); p != nil {
		w.t.Fatalf("came %q", show(p))
	}
}
