package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// The oldest Node.js that the page tools run on.
const nodeMajor, nodeMinor = 20, 19

// errOldNode is wrapped by what checkNode says of a Node.js that is too old.
var errOldNode = errors.New("too old to build the pages")

// node makes sure that the Node.js on PATH is new enough. Where the system's is too old (Debian 12),
// one of our own is installed by the system's npm into .tools/node, exactly as build/node says, and
// put first on this process's PATH.
func (h *house) node(ctx context.Context) error {
	err := checkNode()
	if !errors.Is(err, errOldNode) || runtime.GOOS != "linux" {
		return err
	}
	own := h.tool("node")
	sources := []string{h.path("build", "node", "package.json"), h.path("build", "node", "package-lock.json"), h.path("build", "node", ".npmrc")}
	err = h.once("node", filepath.Join(own, "node_modules"), sources, func() error {
		fmt.Printf("%v; installing one into %s\n", err, own)
		for _, name := range sources {
			text, err := os.ReadFile(name)
			if err == nil {
				err = writeFile(filepath.Join(own, filepath.Base(name)), text)
			}
			if err != nil {
				return err
			}
		}
		return h.do(ctx, filepath.Join(".tools", "node"), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error")
	})
	if err != nil {
		return err
	}
	// npm itself lies in .bin; not every npm links node there.
	path, err := filepath.Glob(filepath.Join(own, "node_modules", "node-linux-*", "bin"))
	if err != nil {
		return err
	}
	path = append(path, filepath.Join(own, "node_modules", ".bin"), os.Getenv("PATH"))
	if err := os.Setenv("PATH", strings.Join(path, string(os.PathListSeparator))); err != nil {
		return err
	}
	return checkNode()
}

// writeFile writes a file, and its folder where there is none.
func writeFile(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}

// checkNode says in words when Node.js is too old to build the pages.
func checkNode() error {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return fmt.Errorf("Node.js does not start: %w", err)
	}
	return newEnough(string(out))
}

// newEnough judges what `node --version` printed.
func newEnough(said string) error {
	version := strings.TrimPrefix(strings.TrimSpace(said), "v")
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return fmt.Errorf("Node.js calls itself %q", version)
	}
	major, _ := strconv.Atoi(parts[0])
	minor, _ := strconv.Atoi(parts[1])
	if major < nodeMajor || major == nodeMajor && minor < nodeMinor {
		return fmt.Errorf("Node.js %s is %w (%d.%d or newer is needed)", version, errOldNode, nodeMajor, nodeMinor)
	}
	return nil
}
