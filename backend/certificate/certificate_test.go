package certificate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func opened(t *testing.T, dir string, c *clock, names ...string) *Keeper {
	t.Helper()
	k, err := Open(Options{Dir: dir, Names: names, Addrs: []netip.Addr{netip.MustParseAddr("192.168.1.20")}, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func leaf(t *testing.T, k *Keeper) *x509.Certificate {
	t.Helper()
	c, err := k.Certificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestMadeOnceAndKept(t *testing.T) {
	dir, c := t.TempDir(), &clock{time.Now()}
	first := leaf(t, opened(t, dir, c, "studio.local"))
	again := leaf(t, opened(t, dir, c, "studio.local"))
	if !bytes.Equal(first.Raw, again.Raw) {
		t.Fatal("a second start made another certificate")
	}
	for _, name := range []string{"localhost", "studio.local", "192.168.1.20", "127.0.0.1", "::1"} {
		if err := first.VerifyHostname(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if days := first.NotAfter.Sub(first.NotBefore).Hours() / 24; days > 398 {
		t.Errorf("valid for %.0f days", days)
	}
	if first.PublicKey.(*ecdsa.PublicKey).Curve.Params().BitSize != 256 {
		t.Error("not P-256")
	}
	for _, name := range []string{keyFile, certFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(left) != 2 {
		t.Errorf("files left behind: %v", left)
	}
}

func TestRenewedBeforeItsEnd(t *testing.T) {
	dir, c := t.TempDir(), &clock{time.Now()}
	k := opened(t, dir, c)
	first := leaf(t, k)
	c.Time = first.NotAfter.Add(-renewal - time.Hour)
	if l := leaf(t, k); !bytes.Equal(l.Raw, first.Raw) {
		t.Fatal("renewed too early")
	}
	c.Time = first.NotAfter.Add(-renewal + time.Hour)
	second := leaf(t, k)
	if bytes.Equal(second.Raw, first.Raw) || !second.NotAfter.After(first.NotAfter) {
		t.Fatal("not renewed")
	}
	if !second.PublicKey.(*ecdsa.PublicKey).Equal(first.PublicKey) {
		t.Error("the key changed")
	}
}

func TestMadeAnewForNewNames(t *testing.T) {
	dir, c := t.TempDir(), &clock{time.Now()}
	k := opened(t, dir, c, "a.local", "b.local")
	first := k.Fingerprint()
	if err := k.Cover([]string{"A.local."}, nil); err != nil {
		t.Fatal(err)
	}
	if k.Fingerprint() != first {
		t.Error("made anew although it covers the name")
	}
	if err := k.Cover([]string{"c.local"}, []netip.Addr{netip.MustParseAddr("fe80::1%eth0")}); err != nil {
		t.Fatal(err)
	}
	if k.Fingerprint() == first || leaf(t, k).VerifyHostname("c.local") != nil || leaf(t, k).VerifyHostname("fe80::1") != nil {
		t.Error("not made anew for a new name")
	}
	if len(first) != 32*3-1 {
		t.Errorf("fingerprint %q", first)
	}
}

func TestOddNamesAreLeftOut(t *testing.T) {
	k := opened(t, t.TempDir(), &clock{time.Now()}, "", "Büro PC", "a..b", strings.Repeat("x", 64), "good-name")
	if got := strings.Join(leaf(t, k).DNSNames, " "); got != "good-name localhost" {
		t.Errorf("names %q", got)
	}
}

func TestLooseKeyIsProtected(t *testing.T) {
	dir, c := t.TempDir(), &clock{time.Now()}
	opened(t, dir, c)
	path := filepath.Join(dir, keyFile)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	opened(t, dir, c)
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestCutBetweenKeyAndCertificate(t *testing.T) {
	dir, c := t.TempDir(), &clock{time.Now()}
	first := leaf(t, opened(t, dir, c))
	if err := os.Remove(filepath.Join(dir, certFile)); err != nil {
		t.Fatal(err)
	}
	second := leaf(t, opened(t, dir, c))
	if !second.PublicKey.(*ecdsa.PublicKey).Equal(first.PublicKey) {
		t.Error("the key was thrown away")
	}
}

func TestDamageIsTold(t *testing.T) {
	dir, c := t.TempDir(), &clock{time.Now()}
	opened(t, dir, c)
	path := filepath.Join(dir, keyFile)
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(Options{Dir: dir, Now: c.now})
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Fatalf("error %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "nonsense" {
		t.Error("the damaged key was overwritten")
	}
}

func TestHandshake(t *testing.T) {
	k := opened(t, t.TempDir(), &clock{time.Now()}, "studio.local")
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: k.Certificate})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err == nil {
			err = conn.(*tls.Conn).Handshake()
			conn.Close()
		}
		done <- err
	}()
	roots := x509.NewCertPool()
	roots.AddCert(leaf(t, k))
	conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: roots, ServerName: "studio.local"})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
