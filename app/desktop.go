//go:build desktop

package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portico/app/window"
	"portico/assets"
	"portico/backend/server"
)

// bareCommand is `portico [FOLDER…]` without a command: the window and the tray. Where an instance runs
// already, it is handed the folders and shows its window; this process then ends.
type bareCommand struct {
	Hidden  bool     `help:"Start without showing the window."`
	Folders []string `arg:"" optional:"" name:"folder" help:"Share this folder."`
}

// takeOver is how long a start waits for another process that has the data folder open but does not
// answer: it is starting itself, or a command that is done in a moment.
const takeOver = 10 * time.Second

func (c *bareCommand) Run(ctx context.Context, con *console, p *place) error {
	paths, err := c.paths(p)
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(takeOver); ; {
		told, err := handOver(ctx, con, p, server.Handed{Paths: paths, Show: !c.Hidden})
		if told || err != nil {
			return err
		}
		s, err := openShell(ctx, con, p)
		if err == nil {
			return s.run(c.Hidden, paths)
		}
		if !errors.Is(err, server.ErrHeld) || time.Now().After(deadline) {
			return showFailure(con, inWords(err, p), c.Hidden)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// paths are the whole names of what is to be shared. A word that is neither a command nor there is
// wrong usage; what vanished a moment ago is told by whoever shares it.
func (c *bareCommand) paths(p *place) ([]string, error) {
	var out []string
	for _, name := range c.Folders {
		at, err := wholeName(name)
		if err != nil {
			return nil, usage{err, "portico help"}
		}
		_, err = os.Stat(at)
		if errors.Is(err, fs.ErrNotExist) && !strings.ContainsRune(name, filepath.Separator) {
			return nil, usage{fmt.Errorf("%s is no command of Portico, and there is no folder of that name here", printable(name)), "portico help"}
		}
		if err != nil && len(c.Folders) == 1 {
			return nil, usage{inWords(err, p), "portico help"}
		}
		out = append(out, at)
	}
	return out, nil
}

// showFailure says in a window, for whoever started Portico by a click, why it could not start.
func showFailure(con *console, failure error, hidden bool) error {
	if hidden || terminal(con.err) {
		return failure
	}
	var w *window.Window
	w = window.New(window.Options{
		Failed: failure.Error(), Icon: assets.Icon(), Moved: func(window.Place) {}, Dropped: func([]string) {},
		Closing: func() { w.Leave() }, Log: silent(),
	})
	if err := w.Run(); err != nil {
		return failure // there is no window either: whoever reads stderr learns of it
	}
	return failure
}
