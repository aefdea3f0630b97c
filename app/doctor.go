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
		switch {
		case f.Bad:
			mark = "PROBLEM"
		case f.Note:
			mark = "note   "
		}
		fmt.Fprintf(con.out, "%s  %s: %s\n", mark, f.About, paragraph(f.Text))
		if f.Next != "" {
			fmt.Fprintf(con.out, "         → %s\n", paragraph(f.Next))
		}
	}
	if bad > 0 {
		return fmt.Errorf("%s; what to do stands below each", count(bad, "problem"))
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
