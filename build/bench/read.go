package bench

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const gib = 1 << 30

// content makes a file of random bytes.
func content(name string, size int64) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, rand.Reader, size)
	return errors.Join(err, f.Close())
}

// curl runs one transfer and returns how many seconds it took.
func curl(ctx context.Context, args ...string) (float64, error) {
	args = append([]string{"-sS", "--fail", "-o", "/dev/null", "-w", "%{time_total}"}, args...)
	out, err := exec.CommandContext(ctx, "curl", args...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("curl: %w: %s", err, out)
	}
	return strconv.ParseFloat(string(out), 64)
}

// get reads 1 GiB: the speed beside nginx, the processor time beside plain Go.
func (b *Bench) get(ctx context.Context) ([]Row, error) {
	dir := filepath.Join(b.Memory, "get")
	defer os.RemoveAll(dir)
	if err := content(filepath.Join(dir, "1g.bin"), gib); err != nil {
		return nil, err
	}
	ours, err := b.serve(ctx, dir, "fast")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	nginx, err := b.nginx(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer nginx.stop()
	plain, err := b.plain(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer plain.stop()

	speed := func(p *process) func() (sample, error) {
		return func() (sample, error) {
			return p.sample(func() (float64, error) {
				seconds, err := curl(ctx, p.url+"/1g.bin")
				return gib / 1e9 / seconds, err
			})
		}
	}
	beside, err := pairs(11, speed(ours), speed(nginx))
	if err != nil {
		return nil, err
	}
	row := beside.row("GET 1 GiB", "GB/s", "nginx")
	row.Goal, row.Met = "≥ 0.9 ×", row.Ratio >= 0.9
	rows := []Row{row}

	time4 := func(p *process) func() (sample, error) {
		return func() (sample, error) {
			spent, err := p.spent(func() error {
				for range 4 {
					if _, err := curl(ctx, p.url+"/1g.bin"); err != nil {
						return err
					}
				}
				return nil
			})
			return sample{spent, spent}, err
		}
	}
	beside, err = pairs(7, time4(ours), time4(plain))
	if err != nil {
		return rows, err
	}
	row = beside.row("GET 4 × 1 GiB, CPU", "s", "plain Go")
	row.Goal, row.Met = "≤ 1.1 ×", row.Ratio <= 1.1
	return append(rows, row), nil
}

// sendfile counts how much of a download the kernel copied by itself.
func (b *Bench) sendfile(ctx context.Context) ([]Row, error) {
	dir := filepath.Join(b.Memory, "sendfile")
	defer os.RemoveAll(dir)
	const size = 256 << 20
	if err := content(filepath.Join(dir, "f.bin"), size); err != nil {
		return nil, err
	}
	ours, err := b.serve(ctx, dir, "fast")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	trace := exec.CommandContext(ctx, "strace", "-f", "-e", "trace=sendfile", "-p", strconv.Itoa(ours.cmd.Process.Pid))
	lines, err := trace.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := trace.Start(); err != nil {
		return nil, err
	}
	attached, sum := make(chan struct{}), make(chan float64)
	go func() { sum <- sentBytes(lines, attached) }()
	select {
	case <-attached:
	case <-time.After(10 * time.Second):
		return nil, errors.New("strace does not attach")
	}
	_, err = curl(ctx, ours.url+"/f.bin")
	trace.Process.Signal(os.Interrupt)
	total := <-sum
	trace.Wait()
	if err != nil {
		return nil, err
	}
	part := total / size * 100
	return []Row{{Load: "GET by sendfile", Value: part, Unit: "% of bytes", Goal: "≥ 99 %", Met: part >= 99}}, nil
}

// sentBytes adds up the results of the sendfile calls that strace tells of.
func sentBytes(lines io.Reader, attached chan<- struct{}) float64 {
	var sum float64
	told := false
	for s := bufio.NewScanner(lines); s.Scan(); {
		line := s.Text()
		if !told && strings.Contains(line, "attached") {
			close(attached)
			told = true
		}
		if i := strings.LastIndex(line, " = "); i >= 0 && strings.Contains(line, "sendfile") {
			if n, err := strconv.ParseFloat(strings.Fields(line[i+3:])[0], 64); err == nil && n > 0 {
				sum += n
			}
		}
	}
	return sum
}

// small reads a 4 KiB file again and again over 32 connections.
func (b *Bench) small(ctx context.Context) ([]Row, error) {
	dir := filepath.Join(b.Memory, "small")
	defer os.RemoveAll(dir)
	if err := content(filepath.Join(dir, "4k.bin"), 4<<10); err != nil {
		return nil, err
	}
	ours, err := b.serve(ctx, dir, "fast")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	var requests float64
	micros, err := repeat(3, func() (float64, error) {
		var n float64
		spent, err := ours.spent(func() (err error) {
			n, err = wrk(ctx, ours.url+"/4k.bin")
			return err
		})
		requests = n / 5
		return spent / n * 1e6, err
	})
	if err != nil {
		return nil, err
	}
	return []Row{{Load: "GET 4 KiB, CPU", Value: micros, Unit: "µs/request", Goal: "≤ 45 µs", Met: micros <= 45,
		Note: fmt.Sprintf("(%.0f requests/s)", requests)}}, nil
}

// wrk runs for five seconds and returns how many requests were answered.
func wrk(ctx context.Context, url string) (float64, error) {
	out, err := exec.CommandContext(ctx, "wrk", "-t2", "-c32", "-d5s", url).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk: %w: %s", err, out)
	}
	text := string(out)
	if strings.Contains(text, "Non-2xx") {
		return 0, fmt.Errorf("wrk saw refusals: %s", text)
	}
	before, _, ok := strings.Cut(text, " requests in ")
	fields := strings.Fields(before)
	if !ok || len(fields) == 0 {
		return 0, fmt.Errorf("wrk said: %s", text)
	}
	return strconv.ParseFloat(fields[len(fields)-1], 64)
}
