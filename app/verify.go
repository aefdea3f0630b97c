package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"portico/backend/server"
)

// verifyCommand reads files again and compares them with what arrived.
type verifyCommand struct {
	Volume string `arg:"" optional:"" name:"path" help:"A served folder, or a file or folder in it, as the browser shows it: /Pictures (default: everything)."`
	JSON   bool   `name:"json" help:"Write how it goes as JSON, one object per line; the last one has done."`
}

func (c *verifyCommand) Run(ctx context.Context, con *console, p *place) error {
	at := c.Volume
	if at == "" {
		at = "/"
	}
	if !strings.HasPrefix(at, "/") {
		at = "/" + at
	}
	watched := !c.JSON && terminal(con.err)
	var last server.Verified
	err := (remote{p}).verify(ctx, at, func(v server.Verified) error {
		last = v
		switch {
		case c.JSON:
			return json.NewEncoder(con.out).Encode(v)
		case v.Problem != "":
			if watched {
				fmt.Fprint(con.err, "\r\x1b[K")
			}
			_, err := fmt.Fprintf(con.out, "%s: %s\n", printable(v.Path), printable(v.Problem))
			return err
		case watched && !v.Done:
			fmt.Fprintf(con.err, "\r\x1b[K\x1b[?7l%s, %s compared, %d not as they arrived: %s\x1b[?7h",
				count(v.Files, "file"), size(v.Bytes), v.Bad, printable(v.Path))
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
		fmt.Fprintf(con.out, "compared %s (%s): %d as they arrived, %d not\n", count(last.Good+last.Bad, "file"), size(last.Bytes), last.Good, last.Bad)
		if last.Unknown > 0 {
			fmt.Fprintf(con.out, "hash unknown: %s, not compared (they came another way than through Portico, or were changed on this computer)\n", count(last.Unknown, "file"))
		}
	}
	if last.Bad > 0 {
		return fmt.Errorf("%s not as they arrived: nothing was changed; fetch them again from whoever sent them, or from a backup", count(last.Bad, "file"))
	}
	return nil
}
