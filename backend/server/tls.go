package server

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"portico/backend/certificate"
	"portico/backend/config"
)

// tlsSource is where the doors' certificate comes from, as the settings say.
type tlsSource struct {
	keeper *certificate.Keeper // mode auto
	pair   atomic.Pointer[tls.Certificate]

	mu  sync.Mutex
	old *certificate.Keeper // for devices that know RSA only; nil until there are some
}

// newTLS opens the certificate; nil with encryption off.
func (s *Server) newTLS() (*tlsSource, error) {
	c := s.config()
	t := &tlsSource{}
	switch c.HTTP.TLS.Mode {
	case "off":
		return nil, nil
	case "files":
		return t, t.load(c.HTTP.TLS)
	}
	keeper, err := s.keeper(false)
	t.keeper = keeper
	return t, err
}

// keeper opens one of the certificates that are made here.
func (s *Server) keeper(rsa bool) (*certificate.Keeper, error) {
	names, addrs := s.covered()
	return certificate.Open(certificate.Options{
		Dir: s.o.Data, RSA: rsa, Names: names, Addrs: addrs, Now: s.now, Log: s.o.Log.With("room", "certificate"),
	})
}

// oldCertificate returns tls.Config.GetCertificate for devices that may be too old for everybody's
// certificate, which t has.
func (s *Server) oldCertificate(t *tlsSource) (func(*tls.ClientHelloInfo) (*tls.Certificate, error), error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.old == nil {
		old, err := s.keeper(true)
		if err != nil {
			return nil, err
		}
		t.old = old
	}
	old := t.old
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		usual, err := t.certificate(hello)
		if err != nil || hello.SupportsCertificate(usual) == nil {
			return usual, err
		}
		return old.Certificate(hello)
	}, nil
}

// load reads the certificate files that the settings name.
func (t *tlsSource) load(c config.TLS) error {
	cert, err := pemFile("cert", c.Cert)
	if err != nil {
		return err
	}
	key, err := pemFile("key", c.Key)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("http.tls: %s and %s cannot be used together: %s", c.Cert, c.Key, strings.TrimPrefix(err.Error(), "tls: "))
	}
	t.pair.Store(&pair)
	return nil
}

// pemFile reads a file that a setting names.
func pemFile(setting, path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("http.tls.%s: there is no file %s", setting, path)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("http.tls.%s: %s may not be read by this program", setting, path)
	case err != nil:
		return nil, fmt.Errorf("http.tls.%s: %s cannot be read: %w", setting, path, plain(err))
	}
	if block, _ := pem.Decode(text); block == nil {
		return nil, fmt.Errorf("http.tls.%s: %s holds nothing in PEM, the form of text that begins with -----BEGIN", setting, path)
	}
	return text, nil
}

// certificate is tls.Config.GetCertificate.
func (t *tlsSource) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if pair := t.pair.Load(); pair != nil {
		return pair, nil
	}
	return t.keeper.Certificate(hello)
}

// covered is what a certificate made here must hold.
func (s *Server) covered() (names []string, addrs []netip.Addr) {
	c := s.config()
	short, _, _ := strings.Cut(s.addrs.host, ".")
	names = []string{s.addrs.host, short + ".local"}
	for _, n := range c.HTTP.TLS.Names {
		if a, err := netip.ParseAddr(n); err == nil {
			addrs = append(addrs, a)
		} else {
			names = append(names, n)
		}
	}
	for _, a := range s.addrs.all() {
		if !a.IsLoopback() && !a.IsLinkLocalUnicast() {
			addrs = append(addrs, a)
		}
	}
	return names, addrs
}

// cover keeps the certificate valid for the addresses of the present networks.
func (s *Server) cover() {
	source := s.tls.Load()
	if source == nil {
		return
	}
	source.mu.Lock()
	old := source.old
	source.mu.Unlock()
	for _, keeper := range []*certificate.Keeper{source.keeper, old} {
		if keeper == nil {
			continue
		}
		if err := keeper.Cover(s.covered()); err != nil {
			s.log.Error("the certificate does not cover the new addresses", "error", err)
		}
	}
}
