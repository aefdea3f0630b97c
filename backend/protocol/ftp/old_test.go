package ftp

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"io"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"portico/backend/protocol/entry"
	"portico/backend/protocol/protocoltest"
)

// oldHouse opens a door where alice's device may speak old TLS, as the settings say it; with both sorts of
// certificates, as the server has them.
func oldHouse(t *testing.T, h *protocoltest.House, away *protocoltest.Away, ofRSA func(*tls.ClientHelloInfo) (*tls.Certificate, error), from string, how Security) *Door {
	t.Helper()
	usual := certificate(t)
	return serveHouse(t, h, Options{
		Listen: away.Spec(), Security: how, Certificate: usual, Old: entry.Places{netip.MustParsePrefix(from): protocoltest.Alice},
		OldCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if one, _ := usual(hello); hello.SupportsCertificate(one) == nil {
				return one, nil
			}
			return ofRSA(hello)
		},
	})
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecdsaKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip(program + " is not installed")
	}
}

// curlOld fetches /files/a over TLS as old as asked for.
func curlOld(t *testing.T, d *Door, who string, args ...string) (string, error) {
	t.Helper()
	scheme := "ftp://"
	if d.o.Security == Implicit {
		scheme = "ftps://"
	}
	args = append(args, "-sS", "-k", "--ssl-reqd", "--max-time", "30", "-u", who+":"+protocoltest.Password(who), scheme+d.Addrs()[0].String()+"/files/a")
	var said bytes.Buffer
	run := exec.CommandContext(t.Context(), "curl", args...)
	run.Stderr = &said
	out, err := run.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, said.String())
	}
	return string(out), err
}

// TestOldTLS: from the address of the settings the device signs in by TLS 1.0, and nobody else does.
func TestOldTLS(t *testing.T) {
	needs(t, "curl")
	h, ofRSA := protocoltest.NewHouse(t), certificateOf(t, rsaKey(t))
	h.Lay("/files/a", []byte("content"))
	byRSA := []string{"--tls-max", "1.0", "--ciphers", "AES128-SHA@SECLEVEL=0"} // keys agreed on by RSA
	for how, all := range map[Security][][]string{
		Optional: {
			byRSA,
			{"--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"},
			{"--tls-max", "1.2", "--ciphers", "AES256-SHA256:AES128-SHA256@SECLEVEL=0"},
		},
		Required: {{"--tls-max", "1.0", "--ciphers", "DEFAULT@SECLEVEL=0"}},
		Implicit: {byRSA},
	} {
		for _, args := range all {
			what := fmt.Sprint(how, args)
			var away protocoltest.Away
			d := oldHouse(t, h, &away, ofRSA, "127.0.0.0/8", how)
			if got, err := curlOld(t, d, protocoltest.Alice, args...); got != "content" || err != nil {
				t.Errorf("%s: %q, %v", what, got, err)
			}
			away.Quiet(t)
			if got, err := curlOld(t, d, protocoltest.Bob, args...); got != "" || err == nil {
				t.Errorf("%s: somebody else got %q", what, got)
			}
			away.Want(t, "DOOR-OLD-02", "than alice,")
			if got, err := curlOld(t, d, protocoltest.Bob); got != "content" || err != nil {
				t.Errorf("%s: somebody else by today's encryption: %q, %v", what, got, err)
			}
			var elsewhere protocoltest.Away
			d = oldHouse(t, h, &elsewhere, ofRSA, "10.0.0.0/8", how)
			if got, err := curlOld(t, d, protocoltest.Alice, args...); got != "" || err == nil {
				t.Errorf("%s: from elsewhere came %q", what, got)
			}
			elsewhere.Want(t, "DOOR-OLD-01", "Settings, FTP, old_tls")
		}
	}
}

// TestOldTLSByOpenSSL: the line of Activity names the version.
func TestOldTLSByOpenSSL(t *testing.T) {
	needs(t, "openssl")
	h, ofRSA := protocoltest.NewHouse(t), certificateOf(t, rsaKey(t))
	var away protocoltest.Away
	d := oldHouse(t, h, &away, ofRSA, "10.0.0.0/8", Implicit)
	for flag, words := range map[string]string{"-tls1": "it only speaks TLS 1.0.", "-tls1_1": "it only speaks TLS 1.1."} {
		run := exec.CommandContext(t.Context(), "openssl", "s_client", "-connect", d.Addrs()[0].String(), flag, "-cipher", "DEFAULT@SECLEVEL=0")
		run.Stdin = strings.NewReader("QUIT\r\n")
		if out, err := run.CombinedOutput(); err == nil {
			t.Errorf("%s is spoken: %s", flag, out)
		}
		away.Want(t, "DOOR-OLD-01", words)
	}
	if n := len(away.Reasons()); n != 2 {
		t.Errorf("%d reasons: %v", n, away.Reasons())
	}
}

// TestOldDataConnection: a connection of today's encryption has data connections of today's, also where
// old ones would be taken.
func TestOldDataConnection(t *testing.T) {
	h, ofRSA := protocoltest.NewHouse(t), certificateOf(t, rsaKey(t))
	h.Lay("/files/a", []byte("content"))
	var away protocoltest.Away
	d := oldHouse(t, h, &away, ofRSA, "127.0.0.0/8", Optional)
	fetch := func(control, data *tls.Config) string {
		c := greeted(t, d)
		c.want(234, "AUTH TLS")
		c.secure(control)
		c.want(200, "PBSZ 0")
		c.want(200, "PROT P")
		c.want(331, "USER alice")
		c.want(230, "PASS "+protocoltest.Password("alice"))
		conn := c.data()
		c.want(150, "RETR /files/a")
		got, _ := io.ReadAll(tls.Client(conn, data)) // what it means says the comparison
		return string(got)
	}
	today := &tls.Config{InsecureSkipVerify: true}
	old := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, CipherSuites: oldSuites()}
	ofTriple := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}}
	for _, c := range []struct {
		control, data *tls.Config
		want          string
	}{{today, today, "content"}, {today, old, ""}, {old, old, "content"}, {old, today, "content"}, {ofTriple, ofTriple, "content"}} {
		if got := fetch(c.control, c.data); got != c.want {
			t.Errorf("control up to %x, data up to %x: %q", c.control.MaxVersion, c.data.MaxVersion, got)
		}
	}
	rc4 := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_RC4_128_SHA}}
	c := greeted(t, d)
	c.want(234, "AUTH TLS")
	if err := tls.Client(c.Conn, rc4).Handshake(); err == nil {
		t.Error("RC4 is spoken")
	}
	away.Want(t, "DOOR-OLD-03", "")
}

// TestOddOffers: whatever a client claims to speak, the lines of Activity are few.
func TestOddOffers(t *testing.T) {
	if got := (*offer)(nil).old(); got != "" {
		t.Errorf("no TLS at all: %q", got)
	}
	lines := map[string]bool{}
	for version := range uint16(modernTLS) {
		lines[(&offer{versions: []uint16{version}}).old()] = true
	}
	lines[(&offer{}).old()] = true
	if len(lines) != 3 || !lines["SSL"] || !lines["TLS 1.0"] || !lines["TLS 1.1"] {
		t.Errorf("lines %v", lines)
	}
	for _, o := range []offer{{[]uint16{tls.VersionTLS12}, []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}, {[]uint16{0xfafa, tls.VersionTLS13}, []uint16{tls.TLS_AES_128_GCM_SHA256}}} {
		if got := o.old(); got != "" {
			t.Errorf("%v: %q", o, got)
		}
	}
	d := serveHouse(t, protocoltest.NewHouse(t), Options{Security: Implicit, Certificate: certificate(t)})
	c := call(t, d)
	hello := append([]byte{3, 0}, make([]byte, 33)...)          // SSL 3.0
	hello = append(hello, 0, 2, 0, 10, 1, 0)                    // one cipher
	hello = append([]byte{1, 0, 0, byte(len(hello))}, hello...) // a client hello
	_, _ = c.Write(append([]byte{22, 3, 0, 0, byte(len(hello))}, hello...))
	if got, _ := io.ReadAll(c); len(got) > 0 && got[0] != 21 {
		t.Errorf("SSL 3.0 is answered with %x", got)
	}
}
