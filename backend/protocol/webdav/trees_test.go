package webdav_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// someTree lays what people copy: names of many kinds, nothing, much, and folders in folders.
func someTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	large := bytes.Repeat([]byte("0123456789abcde\n"), 100_000)
	for name, content := range map[string][]byte{
		"a.txt": []byte("a.txt\n"), "empty": nil, "large.bin": large, "ü ß# 100%.bin": large[:70_001], "d/f.txt": []byte("f"), "d/e/": nil,
	} {
		at := filepath.Join(dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(at), 0o755)
		if err == nil && name[len(name)-1] == '/' {
			err = os.Mkdir(at, 0o755)
		} else if err == nil {
			err = os.WriteFile(at, content, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// sameTree compares names, kinds and contents.
func sameTree(t *testing.T, want, got string) {
	t.Helper()
	one, other := treeOf(t, want), treeOf(t, got)
	for name, text := range one {
		if other[name] != text {
			t.Errorf("%s: %d bytes became %d", name, len(text), len(other[name]))
		}
		delete(other, name)
	}
	for name := range other {
		t.Errorf("%s came from nowhere", name)
	}
}

func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(dir, func(at string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, at)
		if err != nil {
			return err
		}
		if e.IsDir() {
			out[name] = "folder"
			return nil
		}
		text, err := os.ReadFile(at)
		out[name] = fmt.Sprintf("file %s", text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
