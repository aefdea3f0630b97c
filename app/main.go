package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Main is the whole program. It returns the exit code: 0 done, 1 failed, 2 wrong usage.
func Main() int {
	return run(context.Background(), os.Args[1:], &console{in: os.Stdin, out: os.Stdout, err: os.Stderr})
}

// console is where the program speaks.
type console struct {
	in       io.Reader
	out, err io.Writer
}

// usage is an error of whoever typed the command; right is the line to try instead.
type usage struct {
	err   error
	right string
}

func (u usage) Error() string {
	if u.right == "" {
		return u.err.Error()
	}
	return u.err.Error() + "\ntry: " + u.right
}

func (u usage) Unwrap() error { return u.err }

// versionFlag is --version, for those who try that first.
type versionFlag bool

func (versionFlag) BeforeReset(k *kong.Kong, c *console) error {
	err := versionCommand{}.Run(c)
	k.Exit(0)
	return err
}

// ended is how the command line parser leaves after it has printed help.
type ended int

func run(ctx context.Context, args []string, c *console) (code int) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case ended:
			code = int(p)
		default:
			panic(p)
		}
	}()
	var words commandLine
	parser, err := kong.New(&words,
		kong.Name("portico"),
		kong.Description("Portico shares folders of this computer with phones, browsers and scripts."),
		kong.Writers(c.out, c.err),
		kong.Exit(func(code int) { panic(ended(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 110}),
		kong.Help(usagePage),
		kong.ShortUsageOnError(),
		kong.Bind(c, &words.Place),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(c.err, "portico:", err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return c.wrong(usage{parserWords(err), hint(err, args)})
	}
	if err := parsed.Run(); err != nil {
		var u usage
		if errors.As(err, &u) {
			return c.wrong(u)
		}
		c.fail(inWords(err, &words.Place))
		return 1
	}
	return 0
}

func (c *console) wrong(u usage) int {
	c.fail(u)
	return 2
}

// fail tells what went wrong, every line of it.
func (c *console) fail(err error) {
	fmt.Fprintln(c.err, "portico: "+strings.ReplaceAll(err.Error(), "\n", "\n         "))
}

// parserWords says what the parser means.
func parserWords(err error) error {
	text := err.Error()
	if flag, _, ok := strings.Cut(text, ": expected "); ok && strings.Contains(text, `but got "EOL"`) {
		return errors.New(flag + " needs a value")
	}
	if what, ok := strings.CutPrefix(text, `expected "<`); ok {
		return errors.New("something is missing: <" + strings.TrimSuffix(what, `"`))
	}
	return err
}

// hint finds the line that would be right for what the parser refused.
func hint(err error, args []string) string {
	var p *kong.ParseError
	if !errors.As(err, &p) || p.Context == nil {
		return "portico help"
	}
	if at := p.Context.Selected(); at != nil && at.Name != bareName {
		return "portico " + at.Path() + " --help"
	}
	// Flags of a command that were written before it.
	for i, word := range args {
		if i > 0 && isCommand(p.Context.Model.Node, word) {
			return "portico " + strings.Join(append(append([]string{word}, args[:i]...), args[i+1:]...), " ")
		}
	}
	return "portico help"
}

func isCommand(n *kong.Node, word string) bool {
	return slices.ContainsFunc(n.Children, func(c *kong.Node) bool { return c.Name == word && !c.Hidden })
}

// bareName is what the parser calls having no command.
const bareName = "bare"
