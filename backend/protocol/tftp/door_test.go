package tftp

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/protocol/protocoltest"
	"portico/backend/vfs/vfstest"
)

// TestStrangers: who speaks to a port of another transfer is told so, and disturbs nobody.
func TestStrangers(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{Names: everybody(protocoltest.Alice)})
	w, other := dial(t, d), dial(t, d)
	w.ask(opWrite, "files/a", "octet")
	w.want("ack 0")
	for _, p := range [][]byte{append(dataPacket(nil, 1), "false"...), ackPacket(0), {0, 99, 0, 0}} {
		other.to(w.peer, p)
		other.want("error 5")
	}
	other.to(w.peer, errorPacket(undefined, "stop it"))
	other.none(100 * time.Millisecond)
	for range mostStrangers - 3 { // what answers everything is not answered for ever
		other.to(w.peer, []byte("0123456789"))
		other.want("error 5")
	}
	other.to(w.peer, []byte("0123456789"))
	other.none(100 * time.Millisecond)
	w.data(1, []byte("right"))
	w.want("ack 1")
	if got := string(h.OnDisk("/files/a")); got != "right" {
		t.Errorf("%q", got)
	}
}

// TestSameRequestAgain: a request that comes twice is one question; a new one from the same port ends
// what went before.
func TestSameRequestAgain(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{})
	h.Lay("/files/a", content(5000))
	h.Lay("/files/b", []byte("b"))
	w := dial(t, d)
	w.ask(opRead, "files/a", "octet")
	w.ask(opRead, "files/a", "octet")
	w.want("data 1")
	first := w.peer
	w.none(100 * time.Millisecond)
	w.ask(opRead, "files/b", "octet")
	if got := w.want("data 1"); string(got) != "b" || w.peer == first {
		t.Errorf("%q from %v, before from %v", got, w.peer, first)
	}
	w.ack(1)
	idle(t, d)
	w.ask(opRead, "files/a", "octet")
	w.want("data 1")
}

// TestRefusals: each with its code and words.
func TestRefusals(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/old", []byte("old"))
	h.Lay("/files/private/p", []byte("p"))
	if _, err := h.Accounts.Give(t.Context(), "nothing", "nothing-password"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who   string
		write Write
		op    byte
		name  string
		mode  string
		want  string
		words string
		line  string // the code in Activity
	}{
		{"", Add, opRead, "files/none", "octet", "error 1", "does not exist", ""},
		{"", Add, opRead, "nowhere", "octet", "error 1", "does not exist", ""},
		{"", Add, opRead, "files", "octet", "error 1", "is a folder", ""},
		{"", Add, opRead, "files/private/p", "octet", "error 2", "may not", "DOOR-READ-01"},
		{"", Add, opRead, "../../etc/passwd", "octet", "error 1", "does not exist", ""},
		{"", Add, opWrite, "files/new", "octet", "error 2", "may not", "DOOR-WRITE-03"},
		{"", Add, opRead, "files/old", "mail", "error 4", "octet and netascii", ""},
		{"", Add, opRead, "", "octet", "error 4", "cannot be read", ""},
		{protocoltest.Alice, Add, opWrite, "files/old", "octet", "error 6", "already", "DOOR-WRITE-02"},
		{protocoltest.Alice, Nothing, opWrite, "files/new", "octet", "error 2", "[tftp] write", "DOOR-WRITE-01"},
		{protocoltest.Alice, Add, opWrite, "files/a\x01b", "octet", "error 2", "cannot be used", ""},
		{"nobody", Add, opRead, "files/old", "octet", "error 2", "does not exist", "DOOR-GUEST-02"},
		{"nothing", Add, opWrite, "small/x", "octet", "error 2", "may not", "DOOR-WRITE-03"},
	} {
		var away protocoltest.Away
		w := dial(t, open(t, h, Options{Listen: away.Spec(), Names: everybody(c.who), Write: c.write}))
		w.ask(c.op, c.name, c.mode)
		if got := w.want(c.want); !strings.Contains(string(got), c.words) {
			t.Errorf("%+v: %q", c, got)
		}
		if why := away.Reasons(); c.line == "" && len(why) > 0 || c.line != "" && away.Count(c.line) != 1 {
			t.Errorf("%+v: told of %v", c, why)
		}
	}
	h.Regrant(func(g access.Grant) bool { return g.Who == protocoltest.Person(protocoltest.Alice) })
	var away protocoltest.Away
	w := dial(t, open(t, h, Options{Listen: away.Spec()}))
	w.ask(opRead, "files/old", "octet")
	w.want("error 2")
	away.Want(t, "DOOR-GUEST-01", "Settings, TFTP, devices")
}

// TestNames: slashes and back-slashes, and a home that is all there is.
func TestNames(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/bench/in/a", []byte("a"))
	h.Lay("/files/b", []byte("b"))
	h.Regrant(nil)
	kim, err := h.Accounts.Create(t.Context(), account.NewAccount{Name: "kim", Password: "kim-password", Home: "/files/bench"})
	if err != nil {
		t.Fatal(err)
	}
	h.Tree.SetPolicy(access.NewPolicy([]access.Grant{
		{Path: "/files", Who: vfstest.Account(kim.ID), Rights: vfstest.Rights("rw")},
		{Path: "/files", Who: vfstest.Everyone(), Rights: vfstest.Rights("r")},
	}))
	guests, kims := open(t, h, Options{}), open(t, h, Options{Names: map[netip.Prefix]string{
		netip.MustParsePrefix("0.0.0.0/0"): "nobody", netip.MustParsePrefix("127.0.0.1/32"): "kim", netip.MustParsePrefix("127.0.0.0/8"): "nobody",
	}})
	for _, c := range []struct {
		d          *Door
		name, want string
	}{
		{guests, "files/b", "b"}, {guests, "/files/b", "b"}, {guests, `files\b`, "b"}, {guests, `\files\bench\in\a`, "a"}, {guests, "//files/./b", "b"},
		{kims, "in/a", "a"}, {kims, "/in/a", "a"}, {kims, `in\a`, "a"}, {kims, "x/../in/a", "a"},
	} {
		w := dial(t, c.d)
		w.ask(opRead, c.name, "octet")
		if got := w.want("data 1"); string(got) != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
		w.ack(1)
	}
	for _, name := range []string{"../b", "/files/b", `..\b`, "in/../../b"} {
		w := dial(t, kims)
		w.ask(opRead, name, "octet")
		w.want("error 1")
	}
	w := dial(t, kims)
	w.ask(opWrite, `out\log.txt`, "octet")
	w.want("ack 0")
	w.data(1, []byte("log"))
	w.want("ack 1")
	if got := string(h.OnDisk("/files/bench/out/log.txt")); got != "log" {
		t.Errorf("%q", got)
	}
}

// TestNetworks: who comes from elsewhere hears nothing, not even a refusal.
func TestNetworks(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", []byte("a"))
	var away protocoltest.Away
	w := dial(t, open(t, h, Options{Listen: away.Spec(), Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::/0")}}))
	w.ask(opRead, "files/a", "octet")
	w.ask(opRead, "files/a", "mail")
	w.none(200 * time.Millisecond)
	away.Want(t, "DOOR-FROM-01", "Settings, TFTP, networks")
}

// TestGarbage: what is no request is not answered, and nothing ends by it.
func TestGarbage(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", []byte("a"))
	var away protocoltest.Away
	d := open(t, h, Options{Listen: away.Spec()})
	w := dial(t, d)
	for _, p := range [][]byte{nil, {0}, {0, 0}, {0, 3, 0, 1, 'x'}, ackPacket(1), errorPacket(illegal, "no"), {0, 6, 'a', 0}, {9, 9, 9, 9}, bytes.Repeat([]byte{0xff}, 60_000)} {
		w.to(w.door, p)
	}
	w.none(100 * time.Millisecond)
	w.ask(opRead, "files/a", "octet")
	w.want("data 1")
	// Nor is nonsense in a transfer.
	for _, p := range [][]byte{nil, {0}, {0, 4}, {0, 3, 0, 1, 'x'}, {0, 77, 0, 1}, bytes.Repeat([]byte{0}, 60_000)} {
		w.send(p)
	}
	w.ack(1)
	idle(t, d)
	if why := away.Reasons(); len(why) != 1 || away.Count("DOOR-NOISE-01") != 4 {
		t.Errorf("%d told of as garbage: %v", away.Count("DOOR-NOISE-01"), why)
	}
}

// TestBounds: requests from many ports at once take neither memory nor goroutines without end, and
// who comes afterwards is served.
func TestBounds(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", content(50_000))
	d := open(t, h, Options{Most: 20, Each: 10, Wait: 20 * time.Millisecond})
	before := runtime.NumGoroutine()
	var asking sync.WaitGroup
	most := 0
	for range 4 {
		asking.Go(func() {
			for range 2500 {
				c, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(d.Addrs()[0]))
				if err != nil {
					t.Error(err)
					return
				}
				fmt.Fprintf(c, "\x00\x01files/a\x00octet\x00blksize\x0065464\x00windowsize\x0064\x00")
				c.Close()
			}
		})
	}
	done := make(chan struct{})
	go func() { asking.Wait(); close(done) }()
	for busy := true; busy; {
		select {
		case <-done:
			busy = false
		default:
			most = max(most, runtime.NumGoroutine()-before)
			time.Sleep(time.Millisecond)
		}
	}
	if most > 60 {
		t.Errorf("%d goroutines", most)
	}
	idle(t, d)
	if got := dial(t, d).fetch("files/a", 1024, 8, lossy{}); len(got) != 50_000 {
		t.Errorf("%d octets afterwards", len(got))
	}
}

// TestMuteMakesWay: requests that nobody stands behind keep out nobody who does, and whoever is at it
// stays.
func TestMuteMakesWay(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", content(5000))
	for _, o := range []Options{{Most: 3, Each: 3, Wait: time.Minute}, {Most: 10, Each: 3, Wait: time.Minute}} {
		d := open(t, h, o)
		busy := dial(t, d)
		busy.ask(opRead, "files/a", "octet")
		busy.want("data 1")
		busy.ack(1)
		busy.want("data 2")
		for range 2 {
			w := dial(t, d)
			w.ask(opRead, "files/a", "octet")
			w.want("data 1")
		}
		w := dial(t, d)
		for came := []byte(nil); came == nil; came = w.read(50 * time.Millisecond) {
			w.ask(opRead, "files/a", "octet")
		}
		busy.ack(2)
		busy.want("data 3")
	}
}

// TestStop: who is inside may finish, nobody new comes in; then everybody is cut.
func TestStop(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", content(1000))
	d := New(options(h, Options{Names: everybody(protocoltest.Alice)}))
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ends, stays, late := dial(t, d), dial(t, d), dial(t, d)
	ends.ask(opRead, "files/a", "octet")
	ends.want("data 1")
	stays.ask(opWrite, "files/b", "octet")
	stays.want("ack 0")
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- d.Stop(ctx) }()
	for {
		in, _ := d.crowd.enter(netip.MustParseAddrPort("127.0.0.1:1"), nil)
		if in == nil {
			break
		}
		d.crowd.leave(in)
	}
	ends.ack(1)
	ends.want("data 2")
	ends.ack(2)
	late.ask(opRead, "files/a", "octet")
	late.none(100 * time.Millisecond)
	cancel()
	if err := <-stopped; err == nil {
		t.Error("nobody was cut")
	}
	stays.until("error 2")
	if h.OnDisk("/files/b") != nil {
		t.Error("half a file stayed")
	}
}

func TestBroadcast(t *testing.T) {
	for text, want := range map[string]string{
		"192.168.1.20/24": "192.168.1.255", "10.0.0.1/8": "10.255.255.255", "172.16.5.1/22": "172.16.7.255",
		"10.0.0.1/32": "invalid IP", "10.0.0.1/31": "invalid IP", "fe80::1/64": "invalid IP",
	} {
		_, n, err := net.ParseCIDR(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := broadcast(n).String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
