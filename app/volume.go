package app

import (
	"context"
	"errors"
	"fmt"

	"portico/backend/access"
	"portico/backend/config"
	"portico/backend/server"
)

// volumeCommand holds what can be done about served folders.
type volumeCommand struct {
	List   volumeListCommand   `cmd:"" help:"List the served folders."`
	Add    volumeAddCommand    `cmd:"" help:"Serve a folder from now on, over restarts."`
	Remove volumeRemoveCommand `cmd:"" help:"Serve a folder no more. The folder itself stays as it is."`
	Eject  volumeEjectCommand  `cmd:"" help:"Let go of a folder's disk, so that it can be disconnected. It is back when the disk is."`
	Accept volumeAcceptCommand `cmd:"" help:"Use what is at a folder now, though it is not the disk that was there before."`
}

// volumeRow is a served folder as the list shows it.
type volumeRow struct {
	Path     string `json:"path"`
	Folder   string `json:"folder,omitempty"`
	Absent   bool   `json:"absent,omitempty"`
	ReadOnly bool   `json:"readOnly,omitempty"`
	Why      string `json:"why,omitempty"`
	Free     int64  `json:"free,omitempty"`
}

type volumeListCommand struct{ output }

func (c *volumeListCommand) Run(ctx context.Context, con *console, p *place) error {
	settings, err := p.settings()
	if err != nil {
		return err
	}
	var rows []volumeRow
	folders := make(map[string]string)
	for _, v := range settings.Volumes {
		folders[access.Clean(v.Path)] = v.Folder
		rows = append(rows, volumeRow{Path: v.Path, Folder: v.Folder, ReadOnly: v.ReadOnly})
	}
	r := remote{p}
	running, err := r.running(ctx)
	if err != nil {
		return err
	}
	if running {
		var live struct{ Volumes []volumeRow }
		if err := r.get(ctx, "/-/api/volumes", &live); err != nil {
			return err
		}
		rows = live.Volumes
		for i := range rows {
			rows[i].Folder = folders[rows[i].Path]
		}
	}
	return list(con, c.output, rows, "", func(v volumeRow) []string {
		note := v.Why
		switch {
		case v.Absent:
			note = "not connected"
		case note == "" && v.ReadOnly:
			note = "read-only"
		case note == "" && v.Free > 0:
			note = size(v.Free) + " free"
		}
		return []string{printable(v.Path), printable(v.Folder), note}
	})
}

type volumeAddCommand struct {
	Volume string `arg:"" name:"SRC:MOUNT:PERMS" help:"As after serve -v; see portico help perms."`
}

func (c *volumeAddCommand) Run(ctx context.Context, con *console, p *place) error {
	v, err := readVolume(c.Volume)
	if err != nil {
		return err
	}
	settings, err := p.settings()
	if err != nil {
		return err
	}
	for _, other := range settings.Volumes {
		if access.Clean(other.Path) == v.Path {
			return fmt.Errorf("%s is served at %s already", other.Folder, v.Path)
		}
	}
	return saveSettings(ctx, con, p, config.Change{Volume: v.Path, Value: v})
}

// volumeName names a volume as the list shows it.
type volumeName struct {
	Name string `arg:"" help:"Its name, or where it is in the tree."`
}

type volumeEjectCommand struct {
	volumeName
	Now bool `help:"Also while files are transferred there; those are cut."`
}

func (c *volumeEjectCommand) Run(ctx context.Context, con *console, p *place) error {
	return c.ask(ctx, con, p, "volume.eject", c.Now)
}

type volumeAcceptCommand struct{ volumeName }

func (c *volumeAcceptCommand) Run(ctx context.Context, con *console, p *place) error {
	return c.ask(ctx, con, p, "volume.accept", false)
}

func (c volumeName) ask(ctx context.Context, con *console, p *place, operation string, now bool) error {
	var answer server.VolumeAnswer
	if err := (remote{p}).call(ctx, operation, server.VolumeRequest{Name: c.Name, Now: now}, &answer); err != nil {
		return err
	}
	_, err := fmt.Fprintln(con.out, printable(answer.Text))
	return err
}

type volumeRemoveCommand struct {
	Path string `arg:"" help:"Where it is in the tree."`
}

func (c *volumeRemoveCommand) Run(ctx context.Context, con *console, p *place) error {
	settings, err := p.settings()
	if err != nil {
		return err
	}
	for _, v := range settings.Volumes {
		if access.Clean(v.Path) == access.Clean(c.Path) {
			return saveSettings(ctx, con, p, config.Change{Volume: v.Path})
		}
	}
	return errors.New("nothing in the settings is served at " + access.Clean(c.Path))
}
