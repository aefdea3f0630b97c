//go:build linux

package samba

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBroken: an smbd that cannot be run is told of when the door opens, and leaves nothing behind.
func TestBroken(t *testing.T) {
	if _, err := find(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("not everything is installed: " + err.Error())
	}
	bin, data, run := t.TempDir(), t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "smbd"), []byte("#!/bin/sh\necho smbd: no such library\nexit 127\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{bin, filepath.Dir(bin)} { // smbd is run as somebody else
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("XDG_RUNTIME_DIR", run)
	_, err := New(Options{Data: data})
	if err == nil || !strings.Contains(err.Error(), "no such library") || !strings.Contains(err.Error(), "Install it anew") {
		t.Errorf("told: %v", err)
	}
	if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestTry: an smbd that works answers, and is gone when that is known.
func TestTry(t *testing.T) {
	s, err := New(Options{Data: t.TempDir()})
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	if err := s.Try(t.Context()); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Try(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("with no time: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestMissing: what is not installed is named with the command that installs it; a container is told of its own.
func TestMissing(t *testing.T) {
	for want, what := range map[string][]string{
		"SMB needs Samba and libnss-wrapper, which this computer does not have. On Debian and Ubuntu: apt install samba libnss-wrapper": {"samba", "libnss-wrapper"},
		"SMB needs the device /dev/fuse, which this computer does not have. In a container, start it with --device /dev/fuse":           {"/dev/fuse"},
	} {
		if err := (&MissingError{what}); !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v: %s", what, err)
		}
	}
}
