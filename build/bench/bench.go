// Package bench measures Portico under the loads that its owners promised something about, beside
// peers where a promise is a ratio: nginx, a plain Go file server, dd.
//
// Ratios are taken from alternating pairs on the same machine, and their median is reported, so that
// a busy machine spoils one pair and not the verdict; one pair before them is not counted. Processor
// time is what the kernel booked for the server alone: on a busy machine it is the number to believe.
// It builds nothing and judges nothing but numbers.
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
	Desktop    string // the program with its window; "": it cannot be run here
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

	CPU      float64 `json:"cpu,omitempty"`       // seconds of processor time of our server for one value
	TheirCPU float64 `json:"their_cpu,omitempty"` // of the peer

	Goal string `json:"goal"`
	Met  bool   `json:"met"`
	Note string `json:"note,omitempty"`
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
		{"webdav", (*Bench).webdav},
		{"ftp", (*Bench).ftp},
		{"sftp", (*Bench).sftp},
		{"tftp", (*Bench).tftp},
		{"smb", (*Bench).smb},
		{"page", (*Bench).page},
		{"events", (*Bench).events},
		{"desktop", (*Bench).desktop},
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
	fmt.Fprintln(w, "\nload\tours\tpeer\tratio\tCPU (peer)\tgoal\t")
	for _, r := range rows {
		peer, ratio, cpu, verdict := "", "", "", "met"
		if r.Peer != "" {
			peer, ratio = fmt.Sprintf("%s %.4g", r.Peer, r.Their), fmt.Sprintf("%.2f", r.Ratio)
		}
		if r.CPU > 0 {
			cpu = fmt.Sprintf("%.3g s", r.CPU)
		}
		if r.TheirCPU > 0 {
			cpu += fmt.Sprintf(" (%.3g s)", r.TheirCPU)
		}
		if !r.Met {
			verdict = "MISSED"
		}
		fmt.Fprintf(w, "%s\t%.4g %s\t%s\t%s\t%s\t%s\t%s %s\n", r.Load, r.Value, r.Unit, peer, ratio, cpu, r.Goal, verdict, r.Note)
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
