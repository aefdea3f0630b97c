//go:build linux

package samba

import (
	"os"
	"path/filepath"
	"testing"
)

// TestUnescape: a path with a blank in it is found under its own name.
func TestUnescape(t *testing.T) {
	for text, want := range map[string]string{
		"/run/a":             "/run/a",
		`/run/a\040b\134c`:   `/run/a b\c`,
		`/run/\011\303\274.`: "/run/\t\u00fc.",
		`/run/\`:             `/run/\`,
		`/run/\9zz`:          `/run/\9zz`,
		`/run/\777x`:         `/run/\777x`,
	} {
		if got := unescape(text); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// TestSweepPointer: what points nowhere, or at what is none of ours, goes alone.
func TestSweepPointer(t *testing.T) {
	data, other := t.TempDir(), filepath.Join(t.TempDir(), "other")
	if err := os.MkdirAll(filepath.Join(other, viewName), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"smb-1.place": other, "smb-2.place": "", "smb-3.place": "portico-smb-1", "smb-4.place": other + "/portico-smb-gone"} {
		if err := os.WriteFile(filepath.Join(data, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := sweep(data); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(other, viewName)); err != nil {
		t.Errorf("what is not ours went, too: %v", err)
	}
}
