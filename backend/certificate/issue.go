package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/netip"
	"time"
)

// issue makes a self-signed certificate (ECDSA P-256, or RSA with 2048 bits, which is what old devices
// can bear), with the key of old where there is one.
func issue(old *tls.Certificate, ofRSA bool, names []string, addrs []netip.Addr, now time.Time) (*tls.Certificate, error) {
	key, err := keyOf(old, ofRSA)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "Portico on " + common(names)},
		// A phone's clock may be a little behind.
		NotBefore:             now.Add(-time.Hour).UTC().Truncate(time.Second),
		NotAfter:              now.Add(validity - time.Hour).UTC().Truncate(time.Second),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              names,
	}
	if ofRSA {
		template.KeyUsage |= x509.KeyUsageKeyEncipherment // how the oldest agree on keys
	}
	for _, a := range addrs {
		template.IPAddresses = append(template.IPAddresses, net.IP(a.AsSlice()))
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

func keyOf(old *tls.Certificate, ofRSA bool) (crypto.Signer, error) {
	if old != nil {
		if key, ok := old.PrivateKey.(crypto.Signer); ok {
			return key, nil
		}
	}
	if ofRSA {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

// common picks the name that people know this computer by.
func common(names []string) string {
	for _, n := range names {
		if n != "localhost" && len(n) < 40 {
			return n
		}
	}
	return "localhost"
}
