package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// group is one kind of check. It is left out, visibly, when a tool that it needs cannot be had.
type group struct {
	name  string
	needs []purpose
	limit time.Duration
	run   func(ctx context.Context, h *house) error
}

func groups() []group {
	return []group{
		{"pages", []purpose{forPages}, 10 * time.Minute, func(ctx context.Context, h *house) error { return buildPages(ctx, h, nil) }},
		{"format", nil, time.Minute, checkFormat},
		{"vet", nil, 15 * time.Minute, func(ctx context.Context, h *house) error { return h.do(ctx, ".", "go", "vet", "./...") }},
		{"other systems", nil, 15 * time.Minute, checkSystems},
		{"generated", nil, 5 * time.Minute, checkGenerated},
		{"go", []purpose{forGo, forDisks, forClients}, 40 * time.Minute, testGo},
		{"page checks", []purpose{forPages}, 10 * time.Minute, checkPages},
		{"desktop", []purpose{forPages, forWindow, forDesktop}, 30 * time.Minute, testDesktop},
		{"browser", []purpose{forPages, forBrowser}, 35 * time.Minute, testBrowser},
	}
}

// outcome of one group.
type outcome struct {
	group string
	took  time.Duration
	err   error
	left  []tool // what was missing; the group did not run, or not whole
}

func testAll(ctx context.Context, h *house, _ []string) error {
	started := time.Now()
	if _, err := h.need(ctx, forPages, forGo, forDisks, forClients, forBrowser, forWindow, forDesktop); err != nil {
		return err
	}
	var results []outcome
	for _, g := range groups() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		results = append(results, h.runGroup(ctx, g))
	}
	return h.summary(results, time.Since(started))
}

func (h *house) runGroup(ctx context.Context, g group) outcome {
	fmt.Printf("\n== %s\n", g.name)
	o := outcome{group: g.name, left: missing(g.needs...)}
	// The Go tests know by themselves what they cannot do; the others cannot even start.
	if len(o.left) > 0 && g.name != "go" {
		return o
	}
	ctx, cancel := context.WithTimeout(ctx, g.limit)
	defer cancel()
	started := time.Now()
	o.err = g.run(ctx, h)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		o.err = fmt.Errorf("not done after %v: %w", g.limit, errors.Join(o.err, ctx.Err()))
	}
	o.took = time.Since(started)
	return o
}

// summary prints one line per group and returns an error when the whole is not good.
func (h *house) summary(results []outcome, took time.Duration) error {
	fmt.Printf("\n== summary (%v)\n", took.Round(time.Second))
	bad := 0
	for _, o := range results {
		word, more := "ok", ""
		switch {
		case o.err != nil:
			word, more = "FAILED", o.err.Error()
			bad++
		case len(o.left) > 0:
			word, more = "SKIPPED", "missing: "+strings.Join(packages(o.left), " ")
			if h.ci {
				bad++
			}
		}
		fmt.Printf("%-8s %-14s %8v  %s\n", word, o.group, o.took.Round(100*time.Millisecond), more)
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d groups are not good", bad, len(results))
	}
	return nil
}

func checkFormat(ctx context.Context, h *house) error {
	cmd := exec.CommandContext(ctx, "gofmt", "-l", "main.go", "app", "assets", "backend", "build", "frontend")
	cmd.Dir, cmd.Stderr = h.root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("gofmt: %w", err)
	}
	var files []string
	for name := range strings.Lines(string(out)) {
		if !strings.Contains(name, "node_modules") {
			files = append(files, strings.TrimSpace(name))
		}
	}
	if len(files) > 0 {
		return fmt.Errorf("not formatted (gofmt -w): %s", strings.Join(files, " "))
	}
	return nil
}

// checkSystems compiles everything for the systems that this machine is not.
func checkSystems(ctx context.Context, h *house) error {
	for _, system := range []string{"windows", "darwin"} {
		cmd := h.command(ctx, ".", "go", "build", "./...")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH=amd64")
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", system, err)
		}
	}
	// The desktop program of Windows needs no C, so that it can be built, if not run, anywhere.
	for _, machine := range []string{"amd64", "arm64"} {
		for _, args := range [][]string{{"build", "-ldflags", "-H windowsgui", "-o", os.DevNull, "."}, {"vet", "./app/..."}} {
			cmd := h.command(ctx, ".", "go", append([]string{args[0], "-tags", desktopTags}, args[1:]...)...)
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=windows", "GOARCH="+machine)
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("the desktop program, %s for windows %s: %w", args[0], machine, err)
			}
		}
	}
	return nil
}

// testDesktop runs the desktop program on a screen that nobody sees, and looks at its sources.
func testDesktop(ctx context.Context, h *house) error {
	vet := h.command(ctx, ".", "go", "vet", "-tags", desktopTags+",webkit2_41", "./app/...", ".")
	vet.Env = append(os.Environ(), "CGO_ENABLED=1")
	if err := vet.Run(); err != nil {
		return fmt.Errorf("go vet with a window: %w", err)
	}
	bin := h.tool("bin", exe("portico-desktop"))
	if err := h.desktopBuild(ctx, bin); err != nil {
		return err
	}
	cmd := h.command(ctx, ".", "go", "test", "-count", "1", "-timeout", "20m", "./app/desktoptest")
	cmd.Env = append(os.Environ(), "PORTICO_DESKTOP="+bin)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("desktop runs: %w", err)
	}
	return nil
}

// checkPages runs the checks of the page sources: types, unit tests, and the size of what was built.
func checkPages(ctx context.Context, h *house) error {
	var errs []error
	for _, script := range []string{"check", "test"} {
		errs = append(errs, h.do(ctx, "frontend", "npm", "run", "--silent", script))
	}
	return errors.Join(append(errs, h.do(ctx, "frontend", "node", "scripts/budget.mjs"))...)
}

// testBrowser drives the real program in a real browser. The runs find the program by name in
// PORTICO and start it themselves, on 127.0.0.1 and any free port.
func testBrowser(ctx context.Context, h *house) error {
	bin := h.tool("bin", exe("portico"))
	if err := h.goBuild(ctx, bin); err != nil {
		return err
	}
	cmd := h.command(ctx, "frontend", "npm", "run", "--silent", "e2e")
	cmd.Env = append(os.Environ(), "PORTICO_BIN="+bin)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("browser runs: %w", err)
	}
	return nil
}
