package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// house is the work tree that is built, and what this run has learnt of the machine.
type house struct {
	root string // folder of go.mod
	ci   bool   // nobody looks: whatever is left out is a failure
}

func newHouse() (*house, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return &house{root: at, ci: os.Getenv("CI") == "true"}, nil
		}
		if at == filepath.Dir(at) {
			return nil, errors.New("run me inside the Portico source tree: no go.mod above " + dir)
		}
	}
}

// path joins names below the root of the tree.
func (h *house) path(names ...string) string {
	return filepath.Join(append([]string{h.root}, names...)...)
}

// tool is a place for what the build makes for itself (ignored by git).
func (h *house) tool(names ...string) string {
	return h.path(append([]string{".tools"}, names...)...)
}

// command prepares a child whose output is ours. It is asked to stop when ctx ends and killed 10 s
// later.
func (h *house) command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = h.path(dir)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// do runs a child to its end.
func (h *house) do(ctx context.Context, dir, name string, args ...string) error {
	if err := h.command(ctx, dir, name, args...).Run(); err != nil {
		return fmt.Errorf("%s %v: %w", name, args, err)
	}
	return nil
}
