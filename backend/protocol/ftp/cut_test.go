package ftp

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"portico/backend/protocol/protocoltest"
)

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// begin starts an upload and sends some of it.
func (c *talk) begin(line, content string) *net.TCPConn {
	c.t.Helper()
	conn := c.data()
	c.want(150, line)
	if _, err := io.WriteString(conn, content); err != nil {
		c.t.Fatal(err)
	}
	return conn
}

// TestCuts ends an upload in every way that is no end, over a file that is there: that stays, nobody sees
// the other, and its sender goes on.
func TestCuts(t *testing.T) {
	const old, half, rest = "the old content", "half of it, ", "and the rest"
	ways := map[string]func(c *talk, conn *net.TCPConn){
		"killed": func(c *talk, conn *net.TCPConn) { c.Close(); conn.Close() },
		"killed, the other way round": func(c *talk, conn *net.TCPConn) {
			conn.Close()
			c.Close()
		},
		"the data connection reset": func(c *talk, conn *net.TCPConn) {
			_ = conn.SetLinger(0)
			conn.Close()
			c.wants(426)
			c.want(200, "NOOP")
		},
		"aborted": func(c *talk, conn *net.TCPConn) {
			c.want(426, "ABOR")
			c.wants(226)
		},
		"aborted as Telnet does": func(c *talk, conn *net.TCPConn) {
			c.want(426, "\xff\xf4\xff\xf2ABOR")
			c.wants(226)
		},
		"less than announced": func(c *talk, conn *net.TCPConn) {
			conn.Close()
			c.wants(426)
		},
		"nothing moves": func(c *talk, conn *net.TCPConn) { c.wants(426) },
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			h := protocoltest.NewHouse(t)
			d := serveHouse(t, h, Options{Times: Times{Stall: 300 * time.Millisecond}})
			for _, file := range []string{"/files/old", "/files/new"} {
				if file == "/files/old" {
					h.Lay(file, []byte(old))
				}
				c := signedIn(t, d, protocoltest.Alice)
				if name == "less than announced" {
					c.want(200, "ALLO 1000")
				}
				way(c, c.begin("STOR "+file, half))
				eventually(t, "it ends", func() bool { return len(h.Tree.Transfers()) == 0 })
				again := signedIn(t, d, protocoltest.Alice)
				if file == "/files/old" {
					if got, code := again.fetch("RETR " + file); got != old || code != 226 {
						t.Errorf("%q, %d", got, code)
					}
					again.want(450, "SIZE "+file)
				} else {
					again.want(550, "RETR "+file)
					if got, _ := again.fetch("NLST /files"); strings.Contains(got, "new") {
						t.Errorf("listed: %q", got)
					}
					if text := again.want(213, "SIZE "+file); text != fmt.Sprintf("213 %d", len(half)) {
						t.Error(text)
					}
					signedIn(t, d, "").want(550, "SIZE "+file)
				}
				again.want(350, fmt.Sprintf("REST %d", len(half)))
				if code, text := again.send("STOR "+file, rest); code != 226 {
					t.Fatal(text)
				}
				if got := string(h.OnDisk(file)); got != half+rest {
					t.Errorf("%s holds %q", file, got)
				}
			}
		})
	}
}

// TestResumeByAppend: as curl does it.
func TestResumeByAppend(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := serveHouse(t, h, Options{})
	c := signedIn(t, d, protocoltest.Alice)
	c.begin("STOR /files/a", "half ").Close()
	c.wants(226)
	cut := func() {
		conn := c.begin("STOR /files/b", "half ")
		_ = conn.SetLinger(0)
		conn.Close()
		c.wants(426)
	}
	cut()
	c.want(213, "SIZE /files/b")
	if code, text := c.send("APPE /files/b", "and half"); code != 226 {
		t.Fatal(text)
	}
	// Without having asked nobody means what was cut.
	cut()
	if code, text := c.send("APPE /files/b", "!"); code != 226 {
		t.Fatal(text)
	}
	if got := string(h.OnDisk("/files/b")); got != "half and half!" {
		t.Errorf("%q", got)
	}
	// What was cut can be thrown away.
	conn := c.begin("STOR /files/c", "x")
	_ = conn.SetLinger(0)
	conn.Close()
	c.wants(426)
	c.want(213, "SIZE /files/c")
	c.want(250, "DELE /files/c")
	c.want(550, "SIZE /files/c")
	if n := len(h.Tree.Waiting()); n != 0 {
		t.Errorf("%d uploads wait", n)
	}
}

// TestLastWord: on an encrypted connection the end has to be said, or the bytes to be counted.
func TestLastWord(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := serveHouse(t, h, Options{Certificate: certificate(t)})
	for _, c := range []struct {
		name, announce string
		polite         bool
		code           int
	}{{"polite", "", true, 226}, {"cut", "", false, 426}, {"counted", "ALLO 5", false, 226}, {"miscounted", "ALLO 6", false, 426}} {
		k := signedInTLS(t, d, protocoltest.Alice)
		if c.announce != "" {
			k.want(200, c.announce)
		}
		raw := k.data()
		k.want(150, "STOR /files/"+c.name)
		conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true})
		if _, err := io.WriteString(conn, "bytes"); err != nil {
			t.Fatal(err)
		}
		if c.polite {
			conn.Close()
		} else {
			raw.Close()
		}
		k.wants(c.code)
		if there := h.OnDisk("/files/"+c.name) != nil; there != (c.code == 226) {
			t.Errorf("%s: there %v", c.name, there)
		}
	}
}

// signedInTLS is signedIn over explicit TLS, with PROT P.
func signedInTLS(t *testing.T, d *Door, who string) *talk {
	t.Helper()
	c := greeted(t, d)
	c.want(234, "AUTH TLS")
	c.secure(&tls.Config{InsecureSkipVerify: true})
	c.want(200, "PBSZ 0")
	c.want(200, "PROT P")
	c.want(331, "USER "+who)
	c.want(230, "PASS "+protocoltest.Password(who))
	return c
}

// TestAbortedDownload: ABOR ends it, and the conversation goes on.
func TestAbortedDownload(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/big", nil)
	if err := os.Truncate(h.Path("/files/big"), 1<<30); err != nil {
		t.Fatal(err)
	}
	c := signedIn(t, serveHouse(t, h, Options{}), protocoltest.Alice)
	conn := c.data()
	c.want(150, "RETR /files/big")
	if _, err := io.CopyN(io.Discard, conn, 1000); err != nil {
		t.Fatal(err)
	}
	c.want(426, "ABOR")
	c.wants(226)
	if got, code := c.fetch("NLST /files"); code != 226 || !strings.Contains(got, "big") {
		t.Errorf("%q, %d", got, code)
	}
}

// TestLeaving: a door that closes lets a transfer end, and sends the idle away.
func TestLeaving(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := openHouse(t, h, Options{})
	idle, busy := signedIn(t, d, ""), signedIn(t, d, protocoltest.Alice)
	conn := busy.begin("STOR /files/a", "one, ")
	stopped := make(chan error, 1)
	go func() { stopped <- d.Stop(t.Context()) }()
	idle.wants(421)
	if _, err := io.WriteString(conn, "two"); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	busy.wants(226)
	busy.wants(421)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if got := string(h.OnDisk("/files/a")); got != "one, two" {
		t.Errorf("%q", got)
	}
}
