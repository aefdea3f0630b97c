package bench

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed page.mjs
var pageScript string

// page opens a folder of 10,000 files in Chromium, on a processor slowed down four times.
func (b *Bench) page(ctx context.Context) ([]Row, error) {
	dir := filepath.Join(b.Work, "page")
	defer os.RemoveAll(dir)
	if err := tenThousand(filepath.Join(dir, "many")); err != nil {
		return nil, err
	}
	ours, err := b.serve(ctx, dir, "durable")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	cmd := exec.CommandContext(ctx, "node", "--input-type=module", "--eval", pageScript, "--", ours.url+"/many/")
	cmd.Dir, cmd.Stderr = b.Pages, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var seen struct{ First, Usable []float64 } // ms
	if err := json.Unmarshal(out, &seen); err != nil {
		return nil, fmt.Errorf("the browser said %q: %w", out, err)
	}
	first, usable := median(seen.First)/1000, median(seen.Usable)/1000
	return []Row{
		{Load: "page of 10,000, first content", Value: first, Unit: "s", Goal: "≤ 0.8 s", Met: first <= 0.8},
		{Load: "page of 10,000, usable", Value: usable, Unit: "s", Goal: "≤ 1.5 s", Met: usable <= 1.5},
	}, nil
}
