// Package bench measures Portico under the loads that its owners promised something about, beside
// peers where a promise is a ratio: nginx, a plain Go file server, dd.
//
// Ratios are taken from alternating pairs on the same machine, and their median is reported, so that
// a busy machine spoils one pair and not the verdict. Processor time is what the kernel booked for
// the process. It builds nothing and judges nothing but numbers.
package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"
)

// Bench is one run of measurements.
type Bench struct {
	Portico    string // the program
	FileServer string // the plain Go file server
	Pages      string // folder with node_modules, for the browser
	Work       string // an empty folder on a disk
	Memory     string // an empty folder on tmpfs
	Out        io.Writer
}

// Row is one number and what it should be.
type Row struct {
	Load  string  `json:"load"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Peer  string  `json:"peer,omitempty"`  // whom it was compared with
	Their float64 `json:"their,omitempty"` // the peer's number, same unit
	Ratio float64 `json:"ratio,omitempty"` // ours to theirs as the goal means it, median of the pairs
	Goal  string  `json:"goal"`
	Met   bool    `json:"met"`
	Note  string  `json:"note,omitempty"`
}

// load is one measurement; it may give several rows.
type load struct {
	name string
	run  func(b *Bench, ctx context.Context) ([]Row, error)
}

func loads() []load {
	return []load{
		{"start", (*Bench).start},
		{"get", (*Bench).get},
		{"sendfile", (*Bench).sendfile},
		{"small", (*Bench).small},
		{"put", (*Bench).put},
		{"durable", (*Bench).durable},
		{"puts", (*Bench).puts},
		{"list", (*Bench).list},
		{"zip", (*Bench).zip},
		{"rename", (*Bench).rename},
		{"page", (*Bench).page},
	}
}

// Names of the loads that Run knows.
func Names() []string {
	var out []string
	for _, l := range loads() {
		out = append(out, l.name)
	}
	return out
}

// Run measures the named loads, or all, prints a table and writes the rows as JSON to file. A load
// that cannot be measured here is an error after the others have run.
func (b *Bench) Run(ctx context.Context, names []string, file string) error {
	var rows []Row
	var failed []string
	for _, l := range loads() {
		if len(names) > 0 && !slices.Contains(names, l.name) {
			continue
		}
		fmt.Fprintf(b.Out, "measuring %s …\n", l.name)
		got, err := l.run(b, ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(b.Out, "  %s: %v\n", l.name, err)
			failed = append(failed, l.name)
		}
		rows = append(rows, got...)
	}
	b.table(rows)
	if err := keep(rows, file); err != nil {
		return err
	}
	if len(failed) > 0 {
		return fmt.Errorf("not measured: %v", failed)
	}
	return nil
}

func (b *Bench) table(rows []Row) {
	w := tabwriter.NewWriter(b.Out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nload\tours\tpeer\tratio\tgoal\t")
	for _, r := range rows {
		peer, ratio, verdict := "", "", "met"
		if r.Peer != "" {
			peer, ratio = fmt.Sprintf("%s %.4g", r.Peer, r.Their), fmt.Sprintf("%.2f", r.Ratio)
		}
		if !r.Met {
			verdict = "MISSED"
		}
		fmt.Fprintf(w, "%s\t%.4g %s\t%s\t%s\t%s\t%s %s\n", r.Load, r.Value, r.Unit, peer, ratio, r.Goal, verdict, r.Note)
	}
	w.Flush()
}

func keep(rows []Row, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(struct {
		Time time.Time `json:"time"`
		Load string    `json:"load_average"`
		Rows []Row     `json:"rows"`
	}{time.Now(), loadAverage(), rows}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// pairs measures ours and theirs in turn, n times, and returns both medians and the median of
// ours/theirs.
func pairs(n int, ours, theirs func() (float64, error)) (our, their, ratio float64, err error) {
	var a, b, r []float64
	for range n {
		x, err := ours()
		if err != nil {
			return 0, 0, 0, err
		}
		y, err := theirs()
		if err != nil {
			return 0, 0, 0, err
		}
		a, b, r = append(a, x), append(b, y), append(r, x/y)
	}
	return median(a), median(b), median(r), nil
}

// repeat measures n times and returns the median.
func repeat(n int, measure func() (float64, error)) (float64, error) {
	var all []float64
	for range n {
		x, err := measure()
		if err != nil {
			return 0, err
		}
		all = append(all, x)
	}
	return median(all), nil
}

func median(x []float64) float64 {
	slices.Sort(x)
	if len(x)%2 == 1 {
		return x[len(x)/2]
	}
	return (x[len(x)/2-1] + x[len(x)/2]) / 2
}
