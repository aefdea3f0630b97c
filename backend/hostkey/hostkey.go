// Package hostkey keeps the keys by which clients of SSH know this server again: Ed25519, ECDSA on P-256
// and RSA with 3072 bits, each made once and kept in the data folder. Whoever has connected once is warned
// when they change, so they are never made anew by themselves.
//
// It knows no door and no client. It reads and writes three files, nothing else.
package hostkey

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"
)

// kind is one sort of key.
type kind struct {
	file string
	make func() (crypto.PrivateKey, error)
}

// kinds are in the order in which they are shown.
func kinds() []kind {
	return []kind{
		{"ssh-ed25519.key", func() (crypto.PrivateKey, error) {
			_, key, err := ed25519.GenerateKey(rand.Reader)
			return key, err
		}},
		{"ssh-ecdsa.key", func() (crypto.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }},
		{"ssh-rsa.key", func() (crypto.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 3072) }},
	}
}

// Open returns the keys that lie in a data folder; those that are missing are made. A damaged file is an
// error in words, never overwritten.
func Open(dir string) ([]ssh.Signer, error) {
	var out []ssh.Signer
	for _, k := range kinds() {
		path := filepath.Join(dir, k.file)
		key, err := load(path)
		if errors.Is(err, fs.ErrNotExist) {
			key, err = k.fresh(path)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, key)
	}
	return out, nil
}

func load(path string) (ssh.Signer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a key of this server: %w", err)
	}
	// A copied or restored key may have become readable for others.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("protect a key of this server: %w", err)
	}
	key, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged (put it back from a copy, or move it away to have a new one made; clients are warned then): %w", path, err)
	}
	return key, nil
}

func (k kind) fresh(path string) (ssh.Signer, error) {
	key, err := k.make()
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(key, "Portico")
	if err != nil {
		return nil, err
	}
	if err := keep(path, pem.EncodeToMemory(block)); err != nil {
		return nil, fmt.Errorf("keep a key of this server: %w", err)
	}
	return ssh.NewSignerFromKey(key)
}

// keep writes a file of mode 0600 that is there whole or not at all.
func keep(path string, text []byte) (err error) {
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
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
