package app

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"portico/backend/server"
)

//go:embed help/*.txt
var topics embed.FS

// helpCommand prints the usage of the whole, of one command, or a topic.
type helpCommand struct {
	Topic []string `arg:"" optional:"" help:"urls, ports, perms, webdav, ftp, proxy, or a command."`
}

func (h *helpCommand) Run(c *console, k *kong.Kong) error {
	if len(h.Topic) == 0 || len(h.Topic) == 1 && h.Topic[0] == "help" {
		_, err := k.Parse([]string{"--help"}) // ends the parser
		return err
	}
	if len(h.Topic) == 1 && h.Topic[0] == "urls" {
		_, err := io.WriteString(c.out, server.HelpURLs())
		return err
	}
	if len(h.Topic) == 1 {
		if text, err := topics.ReadFile("help/" + h.Topic[0] + ".txt"); err == nil {
			_, err := c.out.Write(text)
			return err
		}
	}
	if isCommand(k.Model.Node, h.Topic[0]) {
		// --help ends the parser; coming back means that there is no such command.
		if _, err := k.Parse(append(append([]string{}, h.Topic...), "--help")); err == nil {
			return errors.New("no help")
		}
	}
	return usage{fmt.Errorf("there is no help on %q", strings.Join(h.Topic, " ")), "portico help [urls|ports|perms|webdav|ftp|proxy|COMMAND]"}
}

// usagePage prints the parser's help; on the whole, with what comes first and what it leaves out.
func usagePage(o kong.HelpOptions, ctx *kong.Context) error {
	whole := ctx.Selected() == nil || ctx.Selected().Name == bareName
	if !whole {
		return kong.DefaultHelpPrinter(o, ctx)
	}
	start, err := topics.ReadFile("help/start.txt")
	if err != nil {
		return err
	}
	var b strings.Builder
	b.Write(start)
	b.WriteString("\nCommands:\n")
	for _, c := range ctx.Model.Children {
		if !c.Hidden {
			fmt.Fprintf(&b, "  %-9s %s\n", c.Name, c.Help)
		}
	}
	end, err := topics.ReadFile("help/end.txt")
	if err != nil {
		return err
	}
	b.Write(end)
	_, err = io.WriteString(ctx.Stdout, b.String())
	return err
}
