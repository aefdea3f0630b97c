package app

import (
	"context"
	"fmt"
	"path/filepath"

	"portico/app/native"
	"portico/assets"
)

// entriesCommand puts the program into the desktop's menu and file managers, or takes it out. Nothing
// else does: a start writes no such thing.
type entriesCommand struct {
	Install entriesInstallCommand `cmd:"" help:"Put Portico into the menu, and “Share with Portico” into the file managers, of this user."`
	Remove  entriesRemoveCommand  `cmd:"" help:"Take all of that away again."`
}

type entriesInstallCommand struct{}

func (entriesInstallCommand) Run(ctx context.Context, con *console, p *place) error {
	entries, err := newEntries(p)
	if err != nil {
		return err
	}
	lines, err := entries.Install(ctx)
	con.lines(lines)
	if err == nil && !windowed {
		con.lines([]string{"This portico has no window: what is chosen there is shared by the Portico that runs."})
	}
	return err
}

type entriesRemoveCommand struct{}

func (entriesRemoveCommand) Run(ctx context.Context, con *console, p *place) error {
	entries, err := newEntries(p)
	if err != nil {
		return err
	}
	lines, err := entries.Remove(ctx)
	con.lines(lines)
	return err
}

// newEntries are the entries of this user's desktop for this program.
func newEntries(p *place) (*native.Entries, error) {
	places, err := native.UserPlaces()
	if err != nil {
		return nil, err
	}
	program, err := thisProgram(p)
	if err != nil {
		return nil, err
	}
	return native.NewEntries(places, program, []native.Picture{{Data: assets.Sign()}, {Size: 192, Data: assets.Icon()}}), nil
}

// thisProgram is how a desktop starts this program for the same data folder and settings.
func thisProgram(p *place) (native.Program, error) {
	var args []string
	for _, flag := range []struct{ name, value string }{{"--data", p.Data}, {"--config", p.Config}} {
		if flag.value == "" {
			continue
		}
		whole, err := filepath.Abs(flag.value)
		if err != nil {
			return native.Program{}, err
		}
		args = append(args, flag.name, whole)
	}
	return native.ThisProgram(args...)
}

func (c *console) lines(lines []string) {
	for _, line := range lines {
		fmt.Fprintln(c.out, printable(line))
	}
}
