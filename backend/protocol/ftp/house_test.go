package ftp

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/protocol/entry"
	"portico/backend/protocol/protocoltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serveHouse opens a door over a house, and ends it with the test.
func serveHouse(t *testing.T, h *protocoltest.House, o Options) *Door {
	t.Helper()
	d := openHouse(t, h, o)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := d.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return d
}

// openHouse opens a door over a house.
func openHouse(t *testing.T, h *protocoltest.House, o Options) *Door {
	t.Helper()
	if o.Name == "" {
		o.Name = "ftp"
	}
	o.Entry = entry.New(entry.Options{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})
	o.Listen.Addrs = []string{"127.0.0.1:0"}
	o.Log = slog.New(slog.NewTextHandler(testWriter{t}, nil))
	o.Host = func() string { return "bench" }
	d := New(o)
	if err := d.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return d
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// certificate makes one for this computer.
func certificate(t *testing.T) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	t.Helper()
	return certificateOf(t, ecdsaKey(t))
}

func certificateOf(t *testing.T, key crypto.Signer) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	t.Helper()
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pair := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return pair, nil }
}

// talk is a bare control connection: the client of clients that do what they like.
type talk struct {
	net.Conn
	t  *testing.T
	in *bufio.Reader
}

func call(t *testing.T, d *Door) *talk {
	t.Helper()
	return callAt(t, d.Addrs()[0].String())
}

func callAt(t *testing.T, addr string) *talk {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	c := &talk{conn, t, bufio.NewReader(conn)}
	return c
}

// greeted is call, behind the greeting.
func greeted(t *testing.T, d *Door) *talk {
	t.Helper()
	c := call(t, d)
	if code, text := c.hear(); code != 220 {
		t.Fatalf("greeted by %d %s", code, text)
	}
	return c
}

// signedIn is call as one of the people; "" is a guest.
func signedIn(t *testing.T, d *Door, who string) *talk {
	t.Helper()
	c := greeted(t, d)
	name, secret := who, protocoltest.Password(who)
	if who == "" {
		name, secret = "anonymous", "me@example.org"
	}
	c.want(331, "USER "+name)
	c.want(230, "PASS "+secret)
	return c
}

// hear reads one reply.
func (c *talk) hear() (code int, text string) {
	c.t.Helper()
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return 0, text + err.Error()
		}
		text += line
		if len(line) > 3 && line[3] == ' ' && line[0] != ' ' {
			if code, err := strconv.Atoi(line[:3]); err == nil {
				return code, strings.TrimRight(text, "\r\n")
			}
		}
	}
}

// say sends a command and reads its reply.
func (c *talk) say(line string) (int, string) {
	c.t.Helper()
	if _, err := io.WriteString(c, line+"\r\n"); err != nil {
		c.t.Fatalf("%s: %v", line, err)
	}
	return c.hear()
}

// want says something that must be answered by a code.
func (c *talk) want(code int, line string) string {
	c.t.Helper()
	got, text := c.say(line)
	if got != code {
		c.t.Fatalf("%s: %s, want %d", line, text, code)
	}
	return text
}

// wants hears a reply that must have a code.
func (c *talk) wants(code int) string {
	c.t.Helper()
	got, text := c.hear()
	if got != code {
		c.t.Fatalf("%d %s, want %d", got, text, code)
	}
	return text
}

// data opens a data connection by EPSV.
func (c *talk) data() *net.TCPConn {
	c.t.Helper()
	text := c.want(229, "EPSV")
	var port int
	if _, err := fmt.Sscanf(text[strings.Index(text, "(")+1:], "|||%d|", &port); err != nil {
		c.t.Fatal(err)
	}
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return conn.(*net.TCPConn)
}

// send uploads by a command and returns the last reply.
func (c *talk) send(line, content string) (int, string) {
	c.t.Helper()
	conn := c.data()
	if code, text := c.say(line); code != 150 {
		return code, text
	}
	if _, err := io.WriteString(conn, content); err != nil {
		c.t.Fatal(err)
	}
	conn.Close()
	return c.hear()
}

// fetch downloads by a command.
func (c *talk) fetch(line string) (string, int) {
	c.t.Helper()
	conn := c.data()
	if code, _ := c.say(line); code != 150 {
		return "", code
	}
	var got bytes.Buffer
	_, _ = io.Copy(&got, conn) // what it means says the reply
	conn.Close()
	code, _ := c.hear()
	return got.String(), code
}
