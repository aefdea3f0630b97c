package bench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// start measures how long the program takes to its first answer, and what it holds while idle.
func (b *Bench) start(ctx context.Context) ([]Row, error) {
	folder := filepath.Join(b.Work, "start")
	if err := content(filepath.Join(folder, "hello.txt"), 100); err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp(b.Work, "data")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	l.Close()
	var memory float64
	once := func() (millis float64, err error) {
		cmd := exec.CommandContext(ctx, b.Portico, "serve", "--data", data, "--http", address, folder)
		cmd.Stderr = os.Stderr
		p := &process{cmd: cmd, url: "http://" + address + "/start/hello.txt"}
		started := time.Now()
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		defer p.stop()
		if err := p.serves(ctx); err != nil {
			return 0, err
		}
		millis = float64(time.Since(started).Microseconds()) / 1000
		if memory == 0 {
			time.Sleep(5 * time.Second) // idle: what starting needed has settled
			memory, err = p.resident()
		}
		return millis, err
	}
	first, err := once()
	if err != nil {
		return nil, err
	}
	millis, err := repeat(9, once)
	if err != nil {
		return nil, err
	}
	mb := memory / 1e6
	return []Row{
		{Load: "start to first answer", Value: millis, Unit: "ms", Goal: "≤ 100 ms", Met: millis <= 100, Note: fmt.Sprintf("(first start ever: %.0f ms)", first)},
		{Load: "idle memory", Value: mb, Unit: "MB", Goal: "≤ 35 MB", Met: mb <= 35},
	}, nil
}

// serves waits until the file is answered, asking as often as a client can.
func (p *process) serves(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		r, err := client.Get(p.url)
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("%s", r.Status)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer from %s: %w", p.url, err)
		case <-time.After(time.Millisecond):
		}
	}
}
