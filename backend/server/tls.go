package server

import (
	"crypto/tls"
	"net/netip"
	"strings"
	"sync/atomic"

	"portico/backend/certificate"
	"portico/backend/config"
)

// tlsSource is where the doors' certificate comes from, as the settings say.
type tlsSource struct {
	keeper *certificate.Keeper // mode auto
	pair   atomic.Pointer[tls.Certificate]
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
	names, addrs := s.covered()
	keeper, err := certificate.Open(certificate.Options{
		Dir: s.o.Data, Names: names, Addrs: addrs, Now: s.now, Log: s.o.Log.With("room", "certificate"),
	})
	t.keeper = keeper
	return t, err
}

// load reads the certificate files that the settings name.
func (t *tlsSource) load(c config.TLS) error {
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err == nil {
		t.pair.Store(&pair)
	}
	return err
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
	if source == nil || source.keeper == nil {
		return
	}
	if err := source.keeper.Cover(s.covered()); err != nil {
		s.log.Error("the certificate does not cover the new addresses", "error", err)
	}
}
