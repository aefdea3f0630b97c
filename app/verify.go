package app

import (
	"context"
	"fmt"

	"portico/backend/server"
)

// verifyCommand reads files again and compares them with what arrived.
type verifyCommand struct {
	Volume string `arg:"" optional:"" help:"The path of a served folder, or of a folder in it (default: everything)."`
	output
}

func (c *verifyCommand) Run(ctx context.Context, con *console, p *place) error {
	at := c.Volume
	if at == "" {
		at = "/"
	}
	watched := !c.JSON && terminal(con.err)
	var last server.Verified
	err := (remote{p}).verify(ctx, at, func(v server.Verified) error {
		last = v
		switch {
		case c.JSON:
			return c.json(con.out, v)
		case v.Problem != "":
			_, err := fmt.Fprintf(con.out, "%s: %s\n", printable(v.Path), v.Problem)
			return err
		case watched:
			fmt.Fprintf(con.err, "\r\x1b[K%d files, %s", v.Files, size(v.Bytes))
		}
		return nil
	})
	if watched {
		fmt.Fprint(con.err, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	if !c.JSON {
		fmt.Fprintf(con.out, "%d files (%s) are what arrived, %d are not, %d came another way and were not compared\n",
			last.Good, size(last.Bytes), last.Bad, last.Unknown)
	}
	if last.Bad > 0 {
		return fmt.Errorf("%d files are not what arrived", last.Bad)
	}
	return nil
}
