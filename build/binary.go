package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// buildBinary builds the pages and the program: with its window and tray where what that takes is
// installed, and without where not, or where asked.
func buildBinary(ctx context.Context, h *house, args []string) error {
	flags := flag.NewFlagSet("binary", flag.ContinueOnError)
	headless := flags.Bool("headless", false, "without window and tray")
	out := flags.String("o", h.path(exe("portico")), "`file` to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := buildPages(ctx, h, nil); err != nil {
		return err
	}
	name, err := filepath.Abs(*out)
	if err != nil {
		return err
	}
	if *headless {
		return h.goBuild(ctx, name)
	}
	if runtime.GOOS == "linux" {
		if left, err := h.need(ctx, forWindow); err != nil || len(left) > 0 {
			fmt.Println("building without window and tray")
			return errors.Join(err, h.goBuild(ctx, name))
		}
	}
	return h.desktopBuild(ctx, name)
}

// desktopTags are what the desktop program is built with on every system. On Linux it needs C, and the
// tag of the WebKit that it is written for: with another one its window would send no bodies of requests.
const desktopTags = "desktop,production"

// desktopBuild compiles the program with its window and tray.
func (h *house) desktopBuild(ctx context.Context, out string) error {
	tags, more, c := desktopTags, "", "1"
	switch runtime.GOOS {
	case "linux":
		tags += ",webkit2_41"
	case "windows":
		more, c = " -H windowsgui", "0"
	}
	cmd := h.command(ctx, ".", "go", "build", "-trimpath", "-tags", tags,
		"-ldflags", "-s -w"+more+" -X portico/app.version="+h.version(ctx), "-o", out, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+c)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	return nil
}

// goBuild compiles the program without C, so that the same file runs on every machine of its kind.
func (h *house) goBuild(ctx context.Context, out string) error {
	cmd := h.command(ctx, ".", "go", "build", "-trimpath",
		"-ldflags", "-s -w -X portico/app.version="+h.version(ctx), "-o", out, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	return nil
}

// version is what the repository calls this state, or "dev" outside of one.
func (h *house) version(ctx context.Context) string {
	cmd := exec.CommandContext(ctx, "git", "describe", "--tags", "--always", "--dirty")
	cmd.Dir = h.root
	out, err := cmd.Output()
	if err != nil {
		return "dev"
	}
	return strings.TrimSpace(string(out))
}

// runProgram builds everything and becomes `portico serve ARG…`, as nearly as a parent can.
func runProgram(ctx context.Context, h *house, args []string) error {
	bin := h.tool("bin", exe("portico"))
	if err := buildPages(ctx, h, nil); err != nil {
		return err
	}
	if _, err := os.Stat(bin); err != nil {
		fmt.Println("building the program … (the first time takes a minute or two)")
	}
	if err := h.goBuild(ctx, bin); err != nil {
		return err
	}
	cmd := exec.Command(bin, append([]string{"serve"}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	// A terminal sends Ctrl-C to both of us; a service manager sends its signal to us alone.
	term := make(chan os.Signal, 4)
	signal.Notify(term, syscall.SIGTERM)
	defer func() { signal.Stop(term); close(term) }()
	go func() {
		for s := range term {
			cmd.Process.Signal(s)
		}
	}()
	return cmd.Wait()
}

func exe(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// lacking says which packages are missing; nil when none is.
func lacking(left []tool) error {
	if len(left) == 0 {
		return nil
	}
	return errors.New("missing: " + strings.Join(packages(left), " "))
}
