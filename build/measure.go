package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"portico/build/bench"
)

// benchAll builds everything, measures the named loads (or all), and keeps the numbers in bench/.
func benchAll(ctx context.Context, h *house, names []string) error {
	for _, name := range names {
		if !slices.Contains(bench.Names(), name) {
			return fmt.Errorf("there is no load %q; there are: %s", name, strings.Join(bench.Names(), " "))
		}
	}
	if left, err := h.need(ctx, forPages, forClients, forBench); err != nil || len(left) > 0 {
		return errors.Join(err, lacking(left))
	}
	bin := h.tool("bin", exe("portico"))
	if err := buildBinary(ctx, h, []string{"--headless", "-o", bin}); err != nil {
		return err
	}
	desktop := ""
	if len(names) == 0 || slices.Contains(names, "desktop") {
		if left, err := h.need(ctx, forWindow, forDesktop); err != nil || len(left) > 0 {
			return errors.Join(err, lacking(left))
		}
		desktop = h.tool("bin", exe("portico-desktop"))
		if err := h.desktopBuild(ctx, desktop); err != nil {
			return err
		}
	}
	peer := h.tool("bin", exe("fileserver"))
	if err := h.do(ctx, ".", "go", "build", "-o", peer, "./build/bench/fileserver"); err != nil {
		return err
	}
	work, err := os.MkdirTemp(h.tool(), "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	memory, err := os.MkdirTemp("/dev/shm", "portico-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(memory)
	b := &bench.Bench{Portico: bin, Desktop: desktop, FileServer: peer, Pages: h.path("frontend"), Work: work, Memory: memory, Out: os.Stdout}
	return b.Run(ctx, names, h.path("bench", time.Now().Format("2006-01-02T150405")+".json"))
}
