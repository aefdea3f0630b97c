package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	certFile    = "certificate.pem"
	keyFile     = "certificate.key"
	rsaCertFile = "certificate-rsa.pem"
	rsaKeyFile  = "certificate-rsa.key"
)

// files are where a certificate and its key lie.
func (k *Keeper) files() (cert, key string) {
	if k.rsa {
		return filepath.Join(k.dir, rsaCertFile), filepath.Join(k.dir, rsaKeyFile)
	}
	return filepath.Join(k.dir, certFile), filepath.Join(k.dir, keyFile)
}

// load returns nil when there is none yet.
func load(certPath, keyPath string) (*tls.Certificate, error) {
	keyText, err := os.ReadFile(keyPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of the certificate: %w", err)
	}
	// A copied or restored key may have become readable for others.
	if err := os.Chmod(keyPath, 0o600); err != nil {
		return nil, fmt.Errorf("protect the key of the certificate: %w", err)
	}
	certText, err := os.ReadFile(certPath)
	if errors.Is(err, fs.ErrNotExist) {
		return keyOnly(keyPath, keyText)
	}
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	cert, err := tls.X509KeyPair(certText, keyText)
	if err != nil {
		return nil, fmt.Errorf("%s and %s do not fit together or are damaged (move them away to have new ones made): %w", certPath, keyPath, err)
	}
	return &cert, nil
}

// keyOnly is what a crash between the two files of the first save leaves behind.
func keyOnly(path string, text []byte) (*tls.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is damaged (move it away to have a new one made)", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged (move it away to have a new one made): %w", path, err)
	}
	return &tls.Certificate{PrivateKey: key, Leaf: &x509.Certificate{}}, nil
}

// save writes the key first: a certificate without its key would be of no use.
func save(certPath, keyPath string, cert *tls.Certificate) error {
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return err
	}
	if err := replace(keyPath, "PRIVATE KEY", key); err != nil {
		return fmt.Errorf("keep the key of the certificate: %w", err)
	}
	if err := replace(certPath, "CERTIFICATE", cert.Certificate[0]); err != nil {
		return fmt.Errorf("keep the certificate: %w", err)
	}
	return nil
}

// replace writes a file of mode 0600 that is there whole or not at all.
func replace(path, kind string, der []byte) (err error) {
	// CreateTemp makes files of mode 0600.
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err = pem.Encode(f, &pem.Block{Type: kind, Bytes: der}); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
