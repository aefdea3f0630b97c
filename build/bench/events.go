package bench

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed events.mjs
var eventsScript string

// events shows the owner's page while 200 files arrive a second.
func (b *Bench) events(ctx context.Context) ([]Row, error) {
	dir := filepath.Join(b.Work, "events")
	defer os.RemoveAll(dir)
	if err := os.MkdirAll(filepath.Join(dir, "inbox"), 0o755); err != nil {
		return nil, err
	}
	ours, err := b.serve(ctx, dir, "fast", "--control")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	token, err := os.ReadFile(filepath.Join(ours.data, "control.token"))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", "--input-type=module", "--eval", eventsScript, "--",
		ours.doors["control"], strings.TrimSpace(string(token)), ours.url+"/inbox")
	cmd.Dir, cmd.Stderr = b.Pages, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var seen struct{ Frames, Longest, Seconds, Arrived float64 }
	if err := json.Unmarshal(out, &seen); err != nil {
		return nil, fmt.Errorf("the browser said %q: %w", out, err)
	}
	rate := seen.Frames / seen.Seconds
	return []Row{{Load: "owner's page, 200 events a second", Value: rate, Unit: "frames/s", Goal: "≥ 59", Met: rate >= 59,
		Note: fmt.Sprintf("(longest pause %.0f ms; %.0f files a second arrived)", seen.Longest, seen.Arrived/seen.Seconds)}}, nil
}
