package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// testEvent is one line of `go test -json` (go doc test2json).
type testEvent struct {
	Action, Package, Test, Output string
}

// testGo runs all Go tests with the race detector. What it prints is what `go test` prints: the
// closing line of every package, and everything that a failing test said. The events are read only
// to learn which tests were skipped, which `go test` keeps to itself.
func testGo(ctx context.Context, h *house) error {
	cmd := h.command(ctx, ".", "go", "test", "-json", "-race", "-p", "2", "-timeout", "30m", "./...")
	cmd.Stdout = nil
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	report := newReport(os.Stdout)
	readErr := report.read(out)
	err = cmd.Wait()
	if err != nil {
		err = fmt.Errorf("go test: %w", err)
	}
	return errors.Join(err, readErr, h.judgeSkips(report.skipped))
}

// judgeSkips tells which tests were skipped and why. Some can never run everywhere (what this disk
// cannot do, what only another system has); but a program that is missing is ours to install, so in
// continuous integration that is a failure.
func (h *house) judgeSkips(skipped []string) error {
	if len(skipped) == 0 {
		return nil
	}
	fmt.Printf("%d tests were skipped:\n", len(skipped))
	lacking := 0
	for _, s := range skipped {
		fmt.Println("  " + s)
		if strings.Contains(s, "not installed") || strings.Contains(s, "nothing was built") {
			lacking++
		}
	}
	if h.ci && lacking > 0 {
		return fmt.Errorf("%d tests were skipped because something is not installed", lacking)
	}
	return nil
}

// report turns test events back into the text of `go test`.
type report struct {
	w       io.Writer
	said    map[string]*strings.Builder // output of tests that have not ended, by package and test
	skipped []string
}

func newReport(w io.Writer) *report {
	return &report{w: w, said: make(map[string]*strings.Builder)}
}

func (r *report) read(from io.Reader) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) line(line []byte) {
	var e testEvent
	if json.Unmarshal(line, &e) != nil {
		r.w.Write(line)
		return
	}
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		io.WriteString(r.w, e.Output)
	case "output":
		// A package says PASS and "=== RUN" in -json only; its closing line is the rest.
		if e.Test == "" {
			if e.Output != "PASS\n" {
				io.WriteString(r.w, e.Output)
			}
			return
		}
		if r.said[key] == nil {
			r.said[key] = new(strings.Builder)
		}
		if !strings.HasPrefix(e.Output, "=== ") {
			r.said[key].WriteString(e.Output)
		}
	case "pass", "skip", "fail":
		r.ended(e, key)
	}
}

func (r *report) ended(e testEvent, key string) {
	if e.Test == "" {
		r.flush(e.Package)
		return
	}
	said := r.said[key]
	delete(r.said, key)
	switch {
	case said == nil:
	case e.Action == "fail":
		io.WriteString(r.w, said.String())
	case e.Action == "skip":
		r.skipped = append(r.skipped, key+": "+reason(said.String()))
	}
}

// flush prints what tests said that never ended: a panic or a timeout took them along.
func (r *report) flush(pkg string) {
	for key, said := range r.said {
		if strings.HasPrefix(key, pkg+" ") {
			io.WriteString(r.w, said.String())
			delete(r.said, key)
		}
	}
}

// reason is the last line that a test said itself.
func reason(said string) string {
	why := "no reason given"
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "--- ") {
			why = line
		}
	}
	return why
}
