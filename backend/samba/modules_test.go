//go:build linux

package samba

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestModules: the modules are used where smbd has all of them, wherever they lie.
func TestModules(t *testing.T) {
	some, all := t.TempDir(), t.TempDir()
	for _, name := range []string{some + "/vfs/fruit.so", all + "/vfs/fruit.so", all + "/vfs/streams_xattr.so"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for about, want := range map[string]string{
		"   MODULESDIR: " + all + "\nBuiltin modules:\n   vfs_default pdb_tdbsam\n":         "fruit streams_xattr",
		"   MODULESDIR: " + some + "\nBuiltin modules:\n   vfs_default pdb_tdbsam\n":        "",
		"   MODULESDIR: " + some + "\nBuiltin modules:\n   vfs_default vfs_streams_xattr\n": "fruit streams_xattr",
		"   MODULESDIR: /none\nBuiltin modules:\n   vfs_fruit vfs_streams_xattr_other\n":    "",
		"": "",
	} {
		if got := strings.Join(within(about), " "); got != want {
			t.Errorf("%q: %q", about, got)
		}
	}
	with := place{dir: "/d"}.settings("house", false, within("   MODULESDIR: "+all+"\n"))
	without := place{dir: "/d"}.settings("house", false, nil)
	if !strings.Contains(with, "vfs objects = fruit streams_xattr\n") || strings.Contains(without, "vfs objects") || strings.Contains(without, "fruit") {
		t.Errorf("with: %s\nwithout: %s", with, without)
	}
}
