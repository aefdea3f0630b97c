package ftp

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/backend/protocol/protocoltest"
)

// TestBounce: the door connects to nobody but its client, and lets nobody else in (RFC 2577).
func TestBounce(t *testing.T) {
	h := protocoltest.NewHouse(t)
	var away protocoltest.Away
	d := serveHouse(t, h, Options{Listen: away.Spec(), Times: Times{Open: 500 * time.Millisecond}})
	c := signedIn(t, d, protocoltest.Alice)
	for line, code := range map[string]int{
		"PORT 10,0,0,1,7,208": 504, "PORT 127,0,0,2,7,208": 504, "PORT 127,0,0,1,0,25": 504, "PORT 127,0,0,1,3,255": 504,
		"EPRT |1|127.0.0.1|22|": 504, "EPRT |2|::1|2000|": 504, "EPRT |1|8.8.8.8|2000|": 504, "PORT 1,2,3": 501, "EPRT |9|x|1|": 522, "EPSV 2": 522,
	} {
		c.want(code, line)
	}
	text := c.want(229, "EPSV")
	var port int
	fmt.Sscanf(text[strings.Index(text, "(")+1:], "|||%d|", &port)
	thief, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer thief.Close()
	_ = thief.SetDeadline(time.Now().Add(20 * time.Second))
	c.want(425, "LIST")
	if got, _ := io.ReadAll(thief); len(got) != 0 {
		t.Errorf("somebody else got %q", got)
	}
	c.want(425, "NLST")
	c.want(200, "EPSV ALL")
	c.want(503, "PASV")
	c.want(503, "PORT 127,0,0,1,7,208")
	away.Want(t, "DOOR-BOUNCE-01", "to connect to somewhere else")
	away.Want(t, "DOOR-STEAL-01", "")
	if n := len(away.Reasons()); n != 2 {
		t.Errorf("%d reasons: %v", n, away.Reasons())
	}
}

// TestPorts: ports come from the range, are given back, and are told when they are all in use.
func TestPorts(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	d := serveHouse(t, protocoltest.NewHouse(t), Options{Passive: Passive{From: port, To: port, Host: "203.0.113.7"}})
	one, two := signedIn(t, d, ""), signedIn(t, d, "")
	if text := one.want(227, "PASV"); !strings.Contains(text, fmt.Sprintf("(127,0,0,1,%d,%d)", port>>8, port&255)) {
		t.Error(text) // the address of the router is for those who come through it
	}
	two.want(425, "EPSV")
	one.want(229, "EPSV")
	one.want(221, "QUIT")
	eventually(t, "the port is free again", func() bool { code, _ := two.say("EPSV"); return code == 229 })
}

// TestSilence: who says nothing, or too much, is sent away; the others are served.
func TestSilence(t *testing.T) {
	h := protocoltest.NewHouse(t)
	var away protocoltest.Away
	d := serveHouse(t, h, Options{Listen: away.Spec(), Times: Times{SignIn: 300 * time.Millisecond, Idle: 600 * time.Millisecond}})
	slow := greeted(t, d)
	busy := signedIn(t, d, protocoltest.Alice)
	slow.wants(421)
	busy.want(200, "NOOP")
	busy.wants(421)
	away.Want(t, "DOOR-SLOW-01", "")
	leaves := greeted(t, d) // that is no attack
	leaves.want(331, "USER alice")
	leaves.Close()
	if n := len(away.Reasons()); n != 1 {
		t.Errorf("%d reasons: %v", n, away.Reasons())
	}
	for _, garbage := range []string{strings.Repeat("x", 1<<20), strings.Repeat("?\r\n", 50), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00", strings.Repeat("\x00\xff\xfb", 100_000)} {
		c := greeted(t, d)
		_, _ = io.WriteString(c, garbage) // it may be cut in the middle
		got, _ := io.ReadAll(c)
		if len(got) > 64<<10 {
			t.Errorf("%d bytes for garbage", len(got))
		}
	}
	eventually(t, "each is told of", func() bool { return away.Count("DOOR-NOISE-01") == 5 })
	if n := len(away.Reasons()); n != 2 {
		t.Errorf("%d reasons: %v", n, away.Reasons())
	}
}

// TestWrongNames: guesses are counted, and the connection ends.
func TestWrongNames(t *testing.T) {
	d := serveHouse(t, protocoltest.NewHouse(t), Options{})
	c := greeted(t, d)
	c.want(503, "PASS x")
	for i := range mostWrong - 1 {
		c.want(331, "USER alice")
		if code, text := c.say(fmt.Sprintf("PASS guess%d", i)); code == 421 {
			return // the accounts were tired of it before
		} else if code != 530 {
			t.Fatal(text)
		}
	}
	c.want(331, "USER alice")
	c.say("PASS guess")
	if got, _ := io.ReadAll(c.in); !strings.HasPrefix(string(got), "421 ") && len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// TestPipelined: commands that come all at once are answered one by one, also behind a transfer.
func TestPipelined(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := serveHouse(t, h, Options{})
	c := signedIn(t, d, protocoltest.Alice)
	conn := c.data()
	if _, err := io.WriteString(c, "STOR /files/a\r\nSIZE /files/a\r\nNOOP\r\nQUIT\r\n"); err != nil {
		t.Fatal(err)
	}
	c.wants(150)
	if _, err := io.WriteString(conn, "12345"); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	c.wants(226)
	c.wants(213)
	c.wants(200)
	c.wants(221)
	flood := signedIn(t, d, protocoltest.Alice)
	flood.begin("STOR /files/b", "x")
	_, _ = io.WriteString(flood, strings.Repeat("NOOP\r\n", 1000)) // it may be cut in the middle
	eventually(t, "a flood ends", func() bool { return len(h.Tree.Transfers()) == 0 })
	if h.OnDisk("/files/b") != nil {
		t.Error("an upload of a flood appeared")
	}
}

// TestEscapes: no verb with a name reaches out of the tree.
func TestEscapes(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := serveHouse(t, h, Options{})
	c := signedIn(t, d, "")
	h.Lay("/files/private/secret", []byte("SECRET"))
	outside := h.Disk["/files"] + "/../outside"
	for _, name := range []string{"../../../../etc/passwd", "/../etc/passwd", `..\..\etc\passwd`, "/files/../../outside", outside, "/files/private/secret", "/files//private/./secret", "/files/x/../private/secret", `\files\private\secret`, "/files/private/secret ", "~/secret", "/files/\x00", strings.Repeat("../", 2000), strings.Repeat("a/", 3000)} {
		for _, verb := range []string{"CWD", "SIZE", "MDTM", "MLST", "HASH", "DELE", "RMD", "RMDA", "MKD", "RNFR", "STAT", "MFMT 20200101000000", "SITE CHMOD 777", "SITE UTIME 20200101000000"} {
			code, text := c.say(verb + " " + name)
			if code < 400 && code != 200 && !strings.Contains(text, "Status:") || strings.Contains(text, "SECRET") || strings.Contains(text, h.Disk["/files"]) && !strings.Contains(name, h.Disk["/files"]) {
				t.Errorf("%s %.60q: %s", verb, name, text)
			}
			if c.want(257, "PWD"); code == 250 {
				c.want(250, "CWD /")
			}
		}
		for _, verb := range []string{"RETR", "STOR", "APPE", "LIST", "NLST", "MLSD", "STOU"} {
			if got, code := c.fetch(verb + " " + name); code < 400 || strings.Contains(got, "SECRET") || strings.Contains(got, "root:") {
				t.Errorf("%s %.60q: %d %q", verb, name, code, got)
			}
		}
	}
	if got := strings.Join(h.Names("/files"), " "); got != "inbox/ private/ private/secret" {
		t.Error(got)
	}
}

// TestCrowd: a thousand connections, most of them silent; somebody works all the same.
func TestCrowd(t *testing.T) {
	h := protocoltest.NewHouse(t)
	var away protocoltest.Away
	d := serveHouse(t, h, Options{Listen: away.Spec(), Each: 300})
	works := signedIn(t, d, protocoltest.Alice)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 125 {
				if conn, err := net.Dial("tcp", d.Addrs()[0].String()); err == nil {
					t.Cleanup(func() { conn.Close() })
				}
			}
		})
	}
	all.Wait()
	if code, text := works.send("STOR /files/a", "still here"); code != 226 {
		t.Error(text)
	}
	if got, code := signedIn(t, d, protocoltest.Alice).fetch("RETR /files/a"); got != "still here" || code != 226 {
		t.Errorf("a newcomer: %q, %d", got, code)
	}
	if why := away.Reasons(); len(why) != 1 || away.Count("DOOR-CROWD-01") < 700 {
		t.Errorf("%d turned away for %v", away.Count("DOOR-CROWD-01"), why)
	}
}
