package app

import (
	"context"
	"fmt"

	"portico/backend/server"
)

type userSMBCommand struct {
	Name string `arg:""`
	Off  bool   `help:"Take it away: the account cannot come by SMB any more."`
}

func (c *userSMBCommand) Run(ctx context.Context, con *console, p *place) error {
	var s server.Secret
	if err := (remote{p}).call(ctx, "user.smb", server.SMBRequest{Name: c.Name, Off: c.Off}, &s); err != nil {
		return err
	}
	if c.Off {
		_, err := fmt.Fprintf(con.out, "%s does not come by SMB any more\n", printable(c.Name))
		return err
	}
	_, err := fmt.Fprintln(con.out, s.Secret)
	return err
}
