package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// made is a file that a program of ours writes. It is committed, and checked to be fresh.
type made struct {
	file string // below the root, slashes
	from []string
}

func generated() []made {
	return []made{
		{"frontend/src/lib/api/types.ts", []string{"go", "run", "./build/apitypes"}},
	}
}

// generate writes all generated files again.
func generate(ctx context.Context, h *house, _ []string) error {
	for _, m := range generated() {
		text, err := h.make(ctx, m)
		if err != nil {
			return err
		}
		name := h.path(filepath.FromSlash(m.file))
		if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, text) {
			continue
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
		fmt.Println("wrote", m.file)
	}
	return nil
}

// checkGenerated compares what lies there with what would be written.
func checkGenerated(ctx context.Context, h *house) error {
	var errs []error
	for _, m := range generated() {
		text, err := h.make(ctx, m)
		if err != nil {
			return err
		}
		old, err := os.ReadFile(h.path(filepath.FromSlash(m.file)))
		if err != nil || !bytes.Equal(old, text) {
			errs = append(errs, fmt.Errorf("%s is not fresh: go run ./build generate", m.file))
		}
	}
	return errors.Join(errs...)
}

func (h *house) make(ctx context.Context, m made) ([]byte, error) {
	cmd := h.command(ctx, ".", m.from[0], m.from[1:]...)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("make %s: %w", m.file, err)
	}
	return out.Bytes(), nil
}
