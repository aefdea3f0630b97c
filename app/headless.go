//go:build !desktop

package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"portico/backend/server"
)

// bareCommand is `portico [FOLDER…]` without a command. Without a window it hands the folders to the
// instance that runs, or says how to start one.
type bareCommand struct {
	Folders []string `arg:"" optional:"" name:"folder" help:"Share this folder on the running Portico."`
}

func (c *bareCommand) Run(ctx context.Context, con *console, p *place) error {
	if len(c.Folders) == 0 {
		start, err := topics.ReadFile("help/start.txt")
		if err == nil {
			_, err = fmt.Fprintf(con.out, "%s  portico help                    everything else\n", start)
		}
		return err
	}
	running, err := (remote{p}).running(ctx)
	if err != nil {
		return err
	}
	for _, folder := range c.Folders {
		at, err := wholeName(folder)
		if err == nil {
			_, err = os.Stat(at)
		}
		if errors.Is(err, fs.ErrNotExist) && !strings.ContainsRune(folder, filepath.Separator) {
			return usage{fmt.Errorf("%s is no command of Portico, and there is no folder of that name here", printable(folder)), "portico help"}
		}
		if err != nil {
			return usage{inWords(err, p), "portico help"}
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
