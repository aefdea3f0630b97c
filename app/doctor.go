package app

import (
	"context"
	"fmt"
	"strings"

	"portico/backend/server"
)

// doctorCommand looks whether everything is in order.
type doctorCommand struct {
	Repair bool `help:"Mend what can be mended; a damaged database is kept aside."`
	output
}

func (c *doctorCommand) Run(ctx context.Context, con *console, p *place) error {
	dir, err := p.dir()
	if err != nil {
		return err
	}
	settings, settingsErr := p.settings()
	findings := server.Examine(ctx, server.Patient{Data: dir, Config: settings, ConfigErr: settingsErr, Repair: c.Repair})
	if c.JSON {
		if err := c.json(con.out, findings); err != nil {
			return err
		}
	}
	bad := 0
	for _, f := range findings {
		if f.Bad {
			bad++
		}
		if c.JSON {
			continue
		}
		mark := "ok     "
		if f.Bad {
			mark = "PROBLEM"
		}
		fmt.Fprintf(con.out, "%s  %s: %s\n", mark, f.About, paragraph(f.Text))
		if f.Next != "" {
			fmt.Fprintf(con.out, "         %s\n", paragraph(f.Next))
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d things are not in order", bad)
	}
	return nil
}

// paragraph is a text of several lines below each other.
func paragraph(text string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(text)) {
		lines = append(lines, printable(strings.TrimRight(line, "\n")))
	}
	return strings.Join(lines, "\n         ")
}
