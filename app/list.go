package app

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// output is how lists are written.
type output struct {
	JSON bool `name:"json" help:"Write JSON."`
}

func (o output) json(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// list writes a list as somebody asked for it: as JSON, or a line for each, in columns. empty is said beside
// it where it holds nothing.
func list[T any](con *console, o output, all []T, empty string, columns func(T) []string) error {
	if o.JSON {
		return o.json(con.out, all)
	}
	if len(all) == 0 && empty != "" {
		fmt.Fprintln(con.err, empty)
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	for _, one := range all {
		fmt.Fprintln(w, strings.Join(columns(one), "\t"))
	}
	return w.Flush()
}
