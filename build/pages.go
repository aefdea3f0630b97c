package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// buildPages builds the web pages into frontend/dist, when a source of theirs changed since the
// last time.
func buildPages(ctx context.Context, h *house, _ []string) error {
	if left, err := h.need(ctx, forPages); err != nil || len(left) > 0 {
		return errors.Join(err, lacking(left))
	}
	if err := h.npm(ctx); err != nil {
		return err
	}
	return h.once("pages", h.path("frontend", "dist", "app", "app.json"), pageSources(h), func() error {
		fmt.Println("building the pages …")
		// Its warnings are about its own speed; what is wrong with the pages, "page checks" says.
		return h.do(ctx, "frontend", "npm", "exec", "--offline", "--loglevel", "error", "--", "vite", "build", "--logLevel", "error")
	})
}

// npm installs the page tools exactly as package-lock.json says, without running any script of
// theirs, when that file changed since the last time.
func (h *house) npm(ctx context.Context) error {
	if err := h.node(ctx); err != nil {
		return err
	}
	lock := []string{h.path("frontend", "package-lock.json")}
	return h.once("npm", h.path("frontend", "node_modules"), lock, func() error {
		fmt.Println("fetching what builds the pages …")
		return h.do(ctx, "frontend", "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error")
	})
}

// pageSources lists the files that decide what the built pages are.
func pageSources(h *house) []string {
	var files []string
	top := h.path("frontend")
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != top && (name == "node_modules" || name == "dist" || name == "e2e" || strings.HasPrefix(name, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return nil // then the digest is that of nothing, and the build says what is wrong
	}
	return files
}

// once runs make unless result exists and the sources are what they were when make last succeeded.
func (h *house) once(name, result string, sources []string, make func() error) error {
	now, err := digest(sources)
	if err != nil {
		return err
	}
	stamp := h.tool("stamps", name)
	then, err := os.ReadFile(stamp)
	if _, missing := os.Stat(result); err == nil && missing == nil && string(then) == now {
		return nil
	}
	if err := make(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(stamp), 0o755); err != nil {
		return err
	}
	return os.WriteFile(stamp, []byte(now), 0o644)
}

// digest covers names and contents of files, in the given order.
func digest(files []string) (string, error) {
	sum := sha256.New()
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return "", err
		}
		io.WriteString(sum, name+"\x00")
		_, err = io.Copy(sum, f)
		f.Close()
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
