package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"portico/backend/config"
	"portico/backend/qr"
	"portico/backend/server"
)

// shareCommand makes a link to a folder or a file of this computer.
type shareCommand struct {
	Folder   string  `arg:"" name:"folder" help:"The folder or file to share."`
	For      string  `help:"It ends by itself after 30m, 1h, 7d …, or tonight." placeholder:"TIME"`
	Add      bool    `xor:"may" help:"Who has the link may also add files."`
	Inbox    bool    `xor:"may" help:"Who has the link may only add files, and sees nothing."`
	Full     bool    `xor:"may" help:"Who has the link may change and remove, too."`
	Password *string `help:"Who has the link needs this as well." placeholder:"P"`
	Title    string  `help:"What visitors read (default: its name)."`
	Ask      bool    `help:"A new device waits until you let it in: in the window, or by portico asking."`
	Public   bool    `help:"Also for visitors from other than local networks; the link is longer then."`
	output
}

func (c *shareCommand) Run(ctx context.Context, con *console, p *place) error {
	at, err := wholeName(c.Folder)
	if err != nil {
		return usage{err, "portico share FOLDER"}
	}
	password := ""
	if c.Password != nil {
		if password = *c.Password; password == "" {
			return usage{errors.New("--password: it is empty, and everybody with the link would come in"), ""}
		}
	}
	if _, err := os.Stat(at); errors.Is(err, fs.ErrNotExist) {
		return usage{fmt.Errorf("there is no file or folder %s", printable(at)), "portico share FOLDER"}
	} else if err != nil {
		return err
	}
	if _, err := config.ParseDuration(c.For); c.For != "" && c.For != "tonight" && err != nil {
		return usage{fmt.Errorf("--for: %w", err), "--for 1h, or --for tonight"}
	}
	r := server.ShareRequest{Folder: at, Preset: c.preset(), Until: c.For, Password: password, Title: c.Title, Public: c.Public, Ask: c.Ask}
	running, err := (remote{p}).running(ctx)
	if err != nil {
		return err
	}
	if !running {
		return errors.New("no Portico is running here, so nobody could open the link; start one, in another terminal:\n  portico serve")
	}
	var made server.SharedLink
	if err := (remote{p}).call(ctx, "share.folder", r, &made); err != nil {
		return err
	}
	if c.JSON {
		return c.json(con.out, made)
	}
	if _, err := fmt.Fprintln(con.out, made.URL); err != nil {
		return err
	}
	if terminal(con.err) {
		return qr.Terminal(con.err, qr.Upper(made.URL))
	}
	return nil
}

func (c *shareCommand) preset() string {
	switch {
	case c.Add:
		return "add"
	case c.Inbox:
		return "inbox"
	case c.Full:
		return "full"
	}
	return "view"
}
