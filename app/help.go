package app

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"portico/backend/server"
)

//go:embed help/*.txt
var topics embed.FS

// helpCommand prints the usage of the whole, of one command, or a topic.
type helpCommand struct {
	Topic []string `arg:"" optional:"" help:"urls, ports, perms, proxy, or a command."`
}

func (h *helpCommand) Run(c *console, k *kong.Kong) error {
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
	args := append(slices.Clone(h.Topic), "--help")
	if len(h.Topic) > 0 && h.Topic[0] == "help" {
		args = []string{"--help"}
	}
	// --help ends the parser; coming back means that there is no such command.
	if _, err := k.Parse(args); err != nil || len(h.Topic) > 0 {
		return usage{fmt.Errorf("there is no help on %q", strings.Join(h.Topic, " ")), "portico help [urls|ports|perms|proxy|COMMAND]"}
	}
	return errors.New("no help")
}
