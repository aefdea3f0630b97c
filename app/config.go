package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"portico/backend/config"
	"portico/backend/server"
)

// configCommand holds what can be done about the settings file.
type configCommand struct {
	Show    configShowCommand    `cmd:"" help:"Print the settings file."`
	Check   configCheckCommand   `cmd:"" help:"Say whether the settings are right, and where they are not."`
	Set     configSetCommand     `cmd:"" help:"Change one setting; everything else in the file stays as it is."`
	Unset   configUnsetCommand   `cmd:"" help:"Let the default of one setting hold again."`
	Explain configExplainCommand `cmd:"" help:"Print a whole example file, with what every setting is for."`
	Path    configPathCommand    `cmd:"" help:"Print where the settings file is."`
}

type configShowCommand struct{}

func (configShowCommand) Run(con *console, p *place) error {
	name, err := p.file()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && p.Config == "" {
		text, err = []byte("# There is no settings file yet: everything has its default (portico config explain).\n"), nil
	}
	if err == nil {
		_, err = con.out.Write(text)
	}
	return err
}

type configCheckCommand struct{}

func (configCheckCommand) Run(con *console, p *place) error {
	name, err := p.file()
	if err != nil {
		return err
	}
	if _, err := p.settings(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.out, "the settings are right:", name)
	return err
}

type configExplainCommand struct{}

func (configExplainCommand) Run(con *console) error {
	_, err := io.WriteString(con.out, config.Explain())
	return err
}

type configPathCommand struct{}

func (configPathCommand) Run(con *console, p *place) error {
	name, err := p.file()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.out, name)
	return err
}

// setting names one setting.
type setting struct {
	Key    string `arg:"" help:"As in the file: http.addr, keep.trash; with --volume of that volume."`
	Volume string `help:"The path of the volume that is meant." placeholder:"PATH"`
}

type configSetCommand struct {
	setting
	Value string `arg:""`
}

func (c *configSetCommand) Run(ctx context.Context, con *console, p *place) error {
	var value any
	if json.Unmarshal([]byte(c.Value), &value) != nil || value == nil {
		value = c.Value
	}
	err := saveSettings(ctx, con, p, config.Change{Key: c.Key, Volume: c.Volume, Value: value})
	if _, text := value.(string); err != nil && !text {
		// A name of digits only, for example.
		if saveSettings(ctx, con, p, config.Change{Key: c.Key, Volume: c.Volume, Value: c.Value}) == nil {
			return nil
		}
	}
	return err
}

type configUnsetCommand struct{ setting }

func (c *configUnsetCommand) Run(ctx context.Context, con *console, p *place) error {
	return saveSettings(ctx, con, p, config.Change{Key: c.Key, Volume: c.Volume})
}

// saveSettings changes the file and puts it in force where an instance runs.
func saveSettings(ctx context.Context, con *console, p *place, changes ...config.Change) error {
	if err := p.save(changes...); err != nil {
		return err
	}
	r := remote{p}
	running, err := r.running(ctx)
	if err != nil {
		return err
	}
	if !running {
		_, err := fmt.Fprintln(con.out, "saved; it holds from the next start on")
		return err
	}
	var applied server.Applied
	if err := r.call(ctx, "reload", struct{}{}, &applied); err != nil {
		return fmt.Errorf("saved, but the running Portico could not take all of it:\n%w", err)
	}
	for _, what := range applied.Later {
		if _, err := fmt.Fprintln(con.out, "saved; takes effect at the next start:", what); err != nil {
			return err
		}
	}
	if len(applied.Later) == 0 {
		_, err = fmt.Fprintln(con.out, "saved, and in force")
	}
	return err
}
