package hostkey

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// TestOpen: keys are made once, are for their owner's eyes only, and stay.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoRSA}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != len(want) || len(first) != len(want) {
		t.Fatalf("%d keys, %v, %v", len(first), files, err)
	}
	for i, key := range first {
		if key.PublicKey().Type() != want[i] {
			t.Errorf("key %d is %s", i, key.PublicKey().Type())
		}
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
		if err := os.Chmod(filepath.Join(dir, f.Name()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	second, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if !bytes.Equal(first[i].PublicKey().Marshal(), second[i].PublicKey().Marshal()) {
			t.Errorf("key %d is another", i)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "ssh-rsa.key")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestDamaged: a key that cannot be read is not made anew, because clients would be warned of an attack.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ssh-ed25519.key")
	if err := os.WriteFile(path, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "ssh-ed25519.key is damaged") {
		t.Errorf("%v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "not a key" {
		t.Errorf("%q, %v", text, err)
	}
}
