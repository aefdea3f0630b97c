//go:build unix && !darwin

package native

import (
	"os"
	"path/filepath"
	"testing"
)

func TestThisProgramIsCalledByItsNameOnThePath(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	expect := func(want, when string) {
		t.Helper()
		if got, err := ThisProgram("--data", "/x"); err != nil || got.Path != want || len(got.Args) != 2 {
			t.Errorf("%s: %+v, %v", when, got, err)
		}
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	expect(self, "not on the path")
	name := filepath.Join(dir, filepath.Base(self))
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
	expect(name, "a link on the path")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	write(t, name, "#!/bin/sh\n")
	if err := os.Chmod(name, 0o755); err != nil {
		t.Fatal(err)
	}
	expect(self, "another program of that name")
}
