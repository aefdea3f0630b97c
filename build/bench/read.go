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

	speed := func(p *process) func() (float64, error) {
		return func() (float64, error) {
			seconds, err := curl(ctx, p.url+"/1g.bin")
			return gib / 1e9 / seconds, err
		}
	}
	our, their, ratio, err := pairs(9, speed(ours), speed(nginx))
	if err != nil {
		return nil, err
	}
	rows := []Row{{Load: "GET 1 GiB", Value: our, Unit: "GB/s", Peer: "nginx", Their: their, Ratio: ratio, Goal: "≥ 0.9 ×", Met: ratio >= 0.9}}

	// The kernel books time in ticks of 10 ms: four transfers at a time make that negligible.
	time4 := func(p *process) func() (float64, error) {
		return func() (float64, error) {
			return p.spent(func() error {
				for range 4 {
					if _, err := curl(ctx, p.url+"/1g.bin"); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	our, their, ratio, err = pairs(5, time4(ours), time4(plain))
	if err != nil {
		return rows, err
	}
	return append(rows, Row{Load: "GET 4 × 1 GiB, CPU", Value: our, Unit: "s", Peer: "plain Go", Their: their, Ratio: ratio, Goal: "≤ 1.1 ×", Met: ratio <= 1.1}), nil
}

// spent is the processor time that the server used while work ran, in seconds.
func (p *process) spent(work func() error) (float64, error) {
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	if err := work(); err != nil {
		return 0, err
	}
	after, err := p.cpu()
	return after - before, err
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
