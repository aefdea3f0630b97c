// Command build is Portico's build program: `go run ./build help`.
//
// It installs what a fresh Debian machine lacks, builds the pages and the binary, and runs every
// check of the project in one go, with the time of each. It is the only thing that continuous
// integration calls (.ci/run). It holds no part of the program itself and uses the standard library
// only, so that it starts before anything else is there.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// command is one word that follows `go run ./build`.
type command struct {
	name, args, about string
	run               func(ctx context.Context, h *house, args []string) error
}

func commands() []command {
	return []command{
		{"run", "[ARG…]", "build everything and start `portico serve ARG…`", runProgram},
		{"test", "", "every check: formatting, vet, generated files, Go with -race, pages, browser", testAll},
		{"binary", "[--headless] [-o FILE]", "build the program with its window and tray, or without (default ./portico)", buildBinary},
		{"frontend", "", "build the pages, if their sources changed", buildPages},
		{"generate", "", "write the generated files again", generate},
		{"deps", "", "install what every command needs, and nothing else", installAll},
		{"bench", "[NAME…]", "measure, beside the peers that are installed; results are kept in bench/", benchAll},
		{"help", "", "this text", help},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(start(ctx, os.Args[1:]))
}

// start runs one command and returns the exit code: 0 done, 1 failed, 2 wrong usage; of a started
// program its own.
func start(ctx context.Context, args []string) int {
	if len(args) == 0 {
		args = []string{"help"}
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		h, err := newHouse()
		if err == nil {
			err = c.run(ctx, h, args[1:])
		}
		var exit *exec.ExitError
		switch {
		case err == nil:
			return 0
		case c.name == "run" && errors.As(err, &exit) && exit.ExitCode() > 0:
			return exit.ExitCode()
		}
		fmt.Fprintln(os.Stderr, "build:", err)
		return 1
	}
	fmt.Fprintf(os.Stderr, "build: there is no %q. Try: go run ./build help\n", args[0])
	return 2
}

func help(context.Context, *house, []string) error {
	fmt.Println("Usage: go run ./build COMMAND")
	fmt.Println()
	for _, c := range commands() {
		fmt.Printf("  %-32s %s\n", c.name+" "+c.args, c.about)
	}
	fmt.Println()
	fmt.Println("On Debian as root, missing packages are installed. Elsewhere the program says what is missing")
	fmt.Println("and which checks it therefore left out; with CI=true, anything left out is a failure.")
	return nil
}
