package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// made is a file that a program of ours writes to its stdout, or, with a slash at the end, a folder of
// files that it writes as a tar archive. It is committed, and checked to be fresh.
type made struct {
	file string // below the root, slashes
	from []string
}

func generated() []made {
	return []made{
		{"frontend/src/lib/api/types.ts", []string{"go", "run", "./build/apitypes"}},
		{"assets/tray/", []string{"go", "run", "./build/trayicons"}},
	}
}

// generate writes all generated files again.
func generate(ctx context.Context, h *house, _ []string) error {
	for _, m := range generated() {
		files, err := h.make(ctx, m)
		if err != nil {
			return err
		}
		for file, text := range files {
			name := h.path(filepath.FromSlash(file))
			if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, text) {
				continue
			}
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(name, text, 0o644); err != nil {
				return err
			}
			fmt.Println("wrote", file)
		}
	}
	return nil
}

// checkGenerated compares what lies there with what would be written.
func checkGenerated(ctx context.Context, h *house) error {
	var errs []error
	for _, m := range generated() {
		files, err := h.make(ctx, m)
		if err != nil {
			return err
		}
		stale := false
		for file, text := range files {
			old, err := os.ReadFile(h.path(filepath.FromSlash(file)))
			stale = stale || err != nil || !bytes.Equal(old, text)
		}
		if stale {
			errs = append(errs, fmt.Errorf("%s is not fresh: go run ./build generate", m.file))
		}
	}
	return errors.Join(errs...)
}

// make runs the program and returns what it made, by file.
func (h *house) make(ctx context.Context, m made) (map[string][]byte, error) {
	cmd := h.command(ctx, ".", m.from[0], m.from[1:]...)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("make %s: %w", m.file, err)
	}
	if !strings.HasSuffix(m.file, "/") {
		return map[string][]byte{m.file: out.Bytes()}, nil
	}
	files := make(map[string][]byte)
	for archive := tar.NewReader(&out); ; {
		head, err := archive.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("make %s: %w", m.file, err)
		}
		if files[m.file+head.Name], err = io.ReadAll(archive); err != nil {
			return nil, fmt.Errorf("make %s: %w", m.file, err)
		}
	}
}
