package localdisk_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/drivertest"
	"portico/backend/vfs/localdisk"
)

// volume is a folder of this computer.
type volume struct {
	root     string
	portable bool
}

func (v *volume) Open(t *testing.T) driver.Driver {
	t.Helper()
	d, err := localdisk.Open(context.Background(), localdisk.Options{Root: v.root, Instance: "test", Portable: v.portable})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (v *volume) Folder() string { return v.root }

// Limited is a small file system in memory, where tests may mount one.
func (v *volume) Limited(t *testing.T, bytes int64) drivertest.Harness {
	t.Helper()
	root := t.TempDir()
	if !mountMemory(t, root, fmt.Sprintf("size=%d", bytes)) {
		return nil
	}
	return &volume{root: root, portable: v.portable}
}

// Eject takes the folder away, as an unmounted medium does: what is found instead is empty.
func (v *volume) Eject(t *testing.T) {
	t.Helper()
	if err := os.Rename(v.root, v.root+".ejected"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(v.root, 0o755); err != nil {
		t.Fatal(err)
	}
}

func (v *volume) Insert(t *testing.T) {
	t.Helper()
	l, err := os.ReadDir(v.root)
	if err != nil {
		t.Fatal(err)
	}
	if len(l) > 0 {
		t.Errorf("something was made in place of the absent volume: %v", l)
	}
	if err := os.Remove(v.root); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(v.root+".ejected", v.root); err != nil {
		t.Fatal(err)
	}
}

func maker(portable bool) drivertest.Maker {
	return func(t *testing.T) drivertest.Harness {
		root := filepath.Join(t.TempDir(), "volume")
		if err := os.Mkdir(root, 0o755); err != nil {
			t.Fatal(err)
		}
		return &volume{root: root, portable: portable}
	}
}

func TestSuite(t *testing.T)         { drivertest.Run(t, maker(false)) }
func TestSuitePortable(t *testing.T) { drivertest.Run(t, maker(true)) }
