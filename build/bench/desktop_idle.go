package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// idleTime is how long nothing is asked of the program while its cost is taken.
const idleTime = 30 * time.Second

// idle is what the program costs while nothing happens, with its window closed, or never opened.
// What libraries of the system hold is shared with every other program that shows pages; what the
// program holds for itself alone is the anonymous part.
func (d *desk) idle(ctx context.Context, closed bool) ([]Row, error) {
	name, args := "never opened", []string{"--hidden"}
	if closed {
		name, args = "closed", nil
	}
	p, _, err := d.run(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	up := func() bool { _, err := d.ask(ctx, "/-/health"); return err == nil }
	if closed {
		up = d.painted
	}
	if err := until(ctx, up); err != nil {
		return nil, err
	}
	if closed {
		time.Sleep(2 * time.Second)
		if err := d.command(ctx, "wmctrl", "-c", "Portico").Run(); err != nil {
			return nil, err
		}
	}
	time.Sleep(10 * time.Second) // what starting needed has settled
	written, err := p.written()
	if err != nil {
		return nil, err
	}
	used, err := p.spent(func() error { time.Sleep(idleTime); return nil })
	if err != nil {
		return nil, err
	}
	after, err := p.written()
	if err != nil {
		return nil, err
	}
	resident, anonymous := p.memory("VmRSS:"), p.memory("RssAnon:")
	percent := 100 * used / idleTime.Seconds()
	return []Row{
		{Load: "desktop, window " + name + ": own memory", Value: anonymous, Unit: "MB", Goal: "≤ 60 MB", Met: anonymous > 0 && anonymous <= 60,
			Note: fmt.Sprintf("(anonymous; with shared libraries %.0f MB)", resident)},
		{Load: "desktop, window " + name + ": processor", Value: percent, Unit: "%", Goal: "≤ 0.2 %", Met: percent <= 0.2},
		{Load: "desktop, window " + name + ": written", Value: after - written, Unit: "bytes", Goal: "0 bytes", Met: after == written},
	}, nil
}

// memory is a row of the process's status, in MB.
func (p *process) memory(row string) float64 {
	text, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	for line := range strings.Lines(string(text)) {
		if size, ok := strings.CutPrefix(line, row); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(size)[0], 64)
			return kb * 1024 / 1e6
		}
	}
	return 0
}

// written is how many bytes the process had written to disks.
func (p *process) written() (float64, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "io"))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), "\nwrite_bytes: ")
	line, _, _ := strings.Cut(after, "\n")
	return strconv.ParseFloat(line, 64)
}
