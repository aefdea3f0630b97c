package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"portico/backend/server"
)

// doorCommand lists the doors of the running instance, tells how one stands, and opens, moves or closes
// it: what tray, window and PATCH /-/api/doors/NAME do.
type doorCommand struct {
	output
	Name string `arg:"" optional:"" help:"Of the door, as the list has it."`
	To   string `arg:"" optional:"" name:"on|off|PORT" help:"What shall become of it; it stays so over a restart."`
}

// doorRow is a door as the API tells it.
type doorRow struct {
	Name    string     `json:"name"`
	Title   string     `json:"title"`
	Open    bool       `json:"open"`
	Address string     `json:"address,omitempty"`
	Port    int        `json:"port,omitempty"`
	Warn    string     `json:"warn,omitempty"`
	Lines   []doorLine `json:"lines,omitempty"`
	Problem string     `json:"problem,omitempty"`
}

type doorLine struct {
	For  string `json:"for"`
	Text string `json:"text"`
}

// doorChange is what the API is asked for.
type doorChange struct {
	Open bool `json:"open"`
	Port *int `json:"port,omitempty"`
}

func (c *doorCommand) Run(ctx context.Context, con *console, p *place) error {
	change, err := c.change()
	if err != nil {
		return err
	}
	rows, err := c.rows(ctx, p)
	if err != nil {
		return err
	}
	if c.Name == "" {
		return list(con, c.output, rows, "", func(r doorRow) []string { return []string{r.Name, r.state(), printable(r.Warn)} })
	}
	at := slices.IndexFunc(rows, func(r doorRow) bool { return r.Name == strings.ToLower(c.Name) })
	if at < 0 {
		var names []string
		for _, r := range rows {
			names = append(names, r.Name)
		}
		return usage{fmt.Errorf("there is no door %q; there are: %s", c.Name, strings.Join(names, ", ")), "portico door"}
	}
	row := rows[at]
	if change != nil && (change.Open != row.Open || change.Port != nil && *change.Port != row.Port) {
		if row, err = c.set(ctx, p, row.Name, change); err != nil {
			return err
		}
		if change.Port != nil && *change.Port != 0 && row.Port != *change.Port {
			return fmt.Errorf("%s has no port of its own; it is at %s", row.Title, row.state())
		}
	}
	return c.show(con, row, change == nil)
}

// change reads what is wanted; nil: nothing.
func (c *doorCommand) change() (*doorChange, error) {
	switch strings.ToLower(c.To) {
	case "":
		return nil, nil
	case "on":
		return &doorChange{Open: true}, nil
	case "off":
		return &doorChange{}, nil
	}
	port, err := strconv.ParseUint(strings.TrimPrefix(c.To, ":"), 10, 16)
	if err != nil {
		return nil, usage{fmt.Errorf("%q is neither on nor off nor a port", c.To), "portico door " + c.Name + " on"}
	}
	n := int(port)
	return &doorChange{true, &n}, nil
}

// rows asks the running instance.
func (c *doorCommand) rows(ctx context.Context, p *place) ([]doorRow, error) {
	var list struct{ Doors []doorRow }
	err := (remote{p}).get(ctx, "/-/api/doors", &list)
	if errors.Is(err, server.ErrNotRunning) {
		err = errors.New("no Portico runs here, so no door is open: start it, or say in the settings which doors open with it (portico help ports)")
	}
	return list.Doors, err
}

func (c *doorCommand) set(ctx context.Context, p *place, name string, to *doorChange) (row doorRow, err error) {
	dir, err := p.dir()
	if err != nil {
		return row, err
	}
	body, err := json.Marshal(to)
	if err != nil {
		return row, err
	}
	answer, err := ask(ctx, dir, http.MethodPatch, "/-/api/doors/"+name, body)
	if err != nil {
		return row, err
	}
	return row, json.Unmarshal(answer, &row)
}

// state is how a door stands, in a few words.
func (r doorRow) state() string {
	switch {
	case r.Open && r.Address == "":
		return "on, but the web door is closed"
	case r.Open && r.Problem != "":
		return r.Address + " (" + printable(r.Problem) + ")"
	case r.Open:
		return r.Address
	case r.Problem != "":
		return "closed: " + printable(r.Problem)
	}
	return "off"
}

// show tells how one door stands. What to know of it comes with it when it is open, and so do the lines
// for its clients where somebody asked.
func (c *doorCommand) show(con *console, r doorRow, lines bool) error {
	if c.JSON {
		return c.json(con.out, r)
	}
	fmt.Fprintln(con.out, r.Title+":", r.state())
	if r.Open && r.Warn != "" {
		fmt.Fprintln(con.err, printable(r.Warn))
	}
	if !lines || len(r.Lines) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	for _, l := range r.Lines {
		what := printable(l.For)
		for text := range strings.Lines(l.Text) {
			fmt.Fprintf(w, "  %s\t%s\n", what, printable(strings.TrimSpace(text)))
			what = ""
		}
	}
	return w.Flush()
}
