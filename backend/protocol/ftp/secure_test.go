package ftp

import (
	"bufio"
	"crypto/tls"
	"io"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// secure puts TLS on the control connection.
func (c *talk) secure(o *tls.Config) {
	c.t.Helper()
	conn := tls.Client(c.Conn, o)
	if err := conn.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	c.Conn, c.in = conn, bufio.NewReader(conn)
}

// TestRequired: nobody says a password in the clear, and nothing is sent so.
func TestRequired(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", []byte("a"))
	d := serveHouse(t, h, Options{Security: Required, Certificate: certificate(t)})
	greeted(t, d).want(530, "USER alice")
	c := greeted(t, d)
	c.want(503, "PBSZ 0")
	c.want(234, "AUTH TLS")
	c.secure(&tls.Config{InsecureSkipVerify: true})
	c.want(331, "USER alice")
	c.want(230, "PASS "+protocoltest.Password("alice"))
	c.data()
	c.want(521, "RETR /files/a")
	c.want(503, "PROT P")
	c.want(200, "PBSZ 0")
	c.want(534, "PROT C")
	c.want(533, "CCC")
	c.want(503, "AUTH TLS")
	c.want(200, "PROT P")
}

// TestInjection: what was said before the encryption began is not taken for said in it.
func TestInjection(t *testing.T) {
	h := protocoltest.NewHouse(t)
	var away protocoltest.Away
	d := serveHouse(t, h, Options{Listen: away.Spec(), Certificate: certificate(t)})
	c := greeted(t, d)
	if _, err := io.WriteString(c, "AUTH TLS\r\nUSER mallory\r\nPASS x\r\n"); err != nil {
		t.Fatal(err)
	}
	c.wants(421)
	away.Want(t, "DOOR-INJECT-01", "")
	old := greeted(t, d)
	old.want(234, "AUTH TLS")
	if err := tls.Client(old.Conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}).Handshake(); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}

// TestReuse: a data connection has to continue the session of its own control connection.
func TestReuse(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", []byte("content"))
	d := serveHouse(t, h, Options{Certificate: certificate(t), Reuse: true})
	o := &tls.Config{InsecureSkipVerify: true, ServerName: "bench", ClientSessionCache: tls.NewLRUClientSessionCache(4)}
	sign := func(o *tls.Config) *talk {
		c := greeted(t, d)
		c.want(234, "AUTH TLS")
		c.secure(o)
		c.want(200, "PBSZ 0")
		c.want(200, "PROT P")
		c.want(331, "USER alice")
		c.want(230, "PASS "+protocoltest.Password("alice"))
		return c
	}
	fetch := func(c *talk, o *tls.Config) (string, int) {
		conn := c.data()
		c.want(150, "RETR /files/a")
		got, _ := io.ReadAll(tls.Client(conn, o)) // what it means says the reply
		code, _ := c.hear()
		return string(got), code
	}
	c := sign(o)
	if got, code := fetch(c, o); got != "content" || code != 226 {
		t.Errorf("continued: %q, %d", got, code)
	}
	if got, code := fetch(c, &tls.Config{InsecureSkipVerify: true}); got != "" || code != 522 {
		t.Errorf("a session of its own: %q, %d", got, code)
	}
	other := sign(&tls.Config{InsecureSkipVerify: true})
	if got, code := fetch(other, o); got != "" || code != 522 {
		t.Errorf("somebody else's session: %q, %d", got, code)
	}
}

// TestNoCertificate: where encryption is off it is not offered.
func TestNoCertificate(t *testing.T) {
	d := serveHouse(t, protocoltest.NewHouse(t), Options{})
	c := greeted(t, d)
	if text := c.want(211, "FEAT"); strings.Contains(text, "AUTH") {
		t.Error(text)
	}
	c.want(431, "AUTH TLS")
}
