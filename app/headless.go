//go:build !desktop

package app

import (
	"context"
	"fmt"

	"portico/backend/server"
)

// bareCommand is `portico [FOLDER…]` without a command. Without a window it hands the folders to the
// instance that runs, or says how to start one.
type bareCommand struct {
	Folders []string `arg:"" optional:"" name:"folder" help:"Share this folder on the running Portico."`
}

const howToServe = `Portico shares folders of this computer.

  portico serve FOLDER            everybody on this network may read it; ends with Ctrl-C
  portico serve --inbox FOLDER    everybody may put files in, nobody sees them
  portico share FOLDER            a link, on the Portico that runs already
  portico help                    everything else
`

func (c *bareCommand) Run(ctx context.Context, con *console, p *place) error {
	if len(c.Folders) == 0 {
		_, err := fmt.Fprint(con.out, howToServe)
		return err
	}
	running, err := (remote{p}).running(ctx)
	if err != nil {
		return err
	}
	for _, folder := range c.Folders {
		at, err := folderAt(folder)
		if err != nil {
			return usage{err, "portico help"}
		}
		if !running {
			return usage{fmt.Errorf("no Portico is running that could share %s", at), "portico serve " + folder}
		}
		var made server.SharedLink
		if err := (remote{p}).call(ctx, "share.folder", server.ShareRequest{Folder: at, Preset: "view"}, &made); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(con.out, made.URL); err != nil {
			return err
		}
	}
	return nil
}
