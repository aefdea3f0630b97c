//go:build unix && !darwin

package native

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// replace writes a file whole or not at all. A link is kept: what it leads to is replaced. Mode 0 is the
// file's own, or 0644.
func replace(name string, text []byte, mode fs.FileMode) error {
	if at, err := filepath.EvalSymlinks(name); err == nil {
		name = at
	}
	if info, err := os.Stat(name); mode == 0 && err == nil {
		mode = info.Mode().Perm()
	}
	mode = cmp.Or(mode, 0o644)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(name), ".portico-*")
	if err != nil {
		return err
	}
	_, err = part.Write(text)
	err = errors.Join(err, part.Chmod(mode), part.Sync(), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		os.Remove(part.Name())
	}
	return err
}

// discard removes a file, and folders above it that became empty, up to home. What is not there is no
// error.
func discard(name, home string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	sweep(filepath.Dir(name), home)
	return nil
}

// sweep removes a folder and those above it while they are empty, below home only.
func sweep(dir, home string) {
	for strings.HasPrefix(dir, home+string(filepath.Separator)) && os.Remove(dir) == nil {
		dir = filepath.Dir(dir)
	}
}

// read is the text of a file, "" where there is none.
func read(name string) (string, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return "", nil
	}
	return string(text), err
}
