package machine

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFoldsCase(t *testing.T) {
	dir := t.TempDir()
	if _, known := FoldsCase(dir); known {
		t.Error("an empty folder tells")
	}
	if err := os.WriteFile(filepath.Join(dir, "Readme"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := os.Stat(filepath.Join(dir, "rEADME"))
	if folds, known := FoldsCase(dir); !known || folds != (err == nil) {
		t.Errorf("folds %v, known %v; the disk says %v", folds, known, err)
	}
}

func TestDiskOf(t *testing.T) {
	if _, err := DiskOf(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a folder that is not there has a disk")
	}
	if _, err := DiskOf(t.TempDir()); err != nil {
		t.Error(err)
	}
}
