package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// put writes 1 GiB with digests, on tmpfs so that no disk decides, beside nginx.
func (b *Bench) put(ctx context.Context) ([]Row, error) {
	source := filepath.Join(b.Memory, "put.bin")
	defer os.Remove(source)
	if err := content(source, gib); err != nil {
		return nil, err
	}
	dir, theirs := filepath.Join(b.Memory, "put"), filepath.Join(b.Memory, "put-nginx")
	for _, d := range []string{dir, theirs} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return nil, err
		}
		defer os.RemoveAll(d)
	}
	ours, err := b.serve(ctx, dir, "fast")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	nginx, err := b.nginx(ctx, theirs)
	if err != nil {
		return nil, err
	}
	defer nginx.stop()
	warm := filepath.Join(b.Memory, "warm.bin")
	defer os.Remove(warm)
	speed := func(p *process) func() (sample, error) {
		return func() (sample, error) {
			if err := warmMemory(warm, gib+gib/8); err != nil {
				return sample{}, err
			}
			s, err := p.sample(func() (float64, error) {
				seconds, err := curl(ctx, "-T", source, p.url+"/put.bin")
				return gib / 1e9 / seconds, err
			})
			return s, errors.Join(err, remove(ctx, p.url+"/put.bin"))
		}
	}
	beside, err := pairs(9, speed(ours), speed(nginx))
	if err != nil {
		return nil, err
	}
	row := beside.row("PUT 1 GiB, tmpfs, fast", "GB/s", "nginx")
	row.Goal, row.Met = "≥ 0.8 ×", row.Ratio >= 0.8
	return []Row{row}, nil
}

// warmMemory takes that much memory and gives it back, so that what is written next finds pages that
// the machine has already: on a virtual machine the first touch of a page is dearer by far than
// everything that is measured, and comes as chance will have it.
func warmMemory(file string, size int64) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	zeros := make([]byte, 1<<20)
	for done := int64(0); done < size && err == nil; done += int64(len(zeros)) {
		_, err = f.Write(zeros)
	}
	return errors.Join(err, f.Close(), os.Remove(file))
}

func remove(ctx context.Context, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodDelete, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if answer.StatusCode >= 300 {
		return fmt.Errorf("DELETE %s: %s", url, answer.Status)
	}
	return nil
}

// durable writes 1 GiB to a disk so that it survives a power cut, beside dd with fsync.
func (b *Bench) durable(ctx context.Context) ([]Row, error) {
	source := filepath.Join(b.Memory, "durable.bin")
	defer os.Remove(source)
	if err := content(source, gib); err != nil {
		return nil, err
	}
	dir := filepath.Join(b.Work, "durable")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ours, err := b.serve(ctx, dir, "durable")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	n := 0
	beside, err := pairs(5, func() (sample, error) {
		n++
		url := fmt.Sprintf("%s/put%d.bin", ours.url, n)
		s, err := ours.sample(func() (float64, error) {
			seconds, err := curl(ctx, "-T", source, url)
			return gib / 1e9 / seconds, err
		})
		return s, errors.Join(err, os.Remove(filepath.Join(dir, filepath.Base(url))))
	}, func() (sample, error) {
		file := filepath.Join(b.Work, "dd.bin")
		defer os.Remove(file)
		started := time.Now()
		dd := exec.CommandContext(ctx, "dd", "if="+source, "of="+file, "bs=1M", "conv=fsync", "status=none")
		err := dd.Run()
		speed := gib / 1e9 / time.Since(started).Seconds()
		if err != nil {
			return sample{}, err
		}
		return sample{speed, (dd.ProcessState.UserTime() + dd.ProcessState.SystemTime()).Seconds()}, nil
	})
	if err != nil {
		return nil, err
	}
	row := beside.row("PUT 1 GiB, disk, durable", "GB/s", "dd fsync")
	row.Goal, row.Met = "≥ 0.9 ×", row.Ratio >= 0.9
	return []Row{row}, nil
}

// puts writes 5,000 files of 4 KiB to a disk over 8 connections, each durable when it is answered.
func (b *Bench) puts(ctx context.Context) ([]Row, error) {
	dir := filepath.Join(b.Work, "puts")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ours, err := b.serve(ctx, dir, "durable")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	const count = 5000
	const rounds = 3
	round, rate := 0, 0.0
	spent, err := ours.spent(func() (err error) {
		rate, err = repeat(rounds, func() (float64, error) {
			round++
			base := fmt.Sprintf("%s/round%d/", ours.url, round)
			started := time.Now()
			err := putMany(ctx, base, count, 8)
			return count / time.Since(started).Seconds(), err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return []Row{{Load: "PUT 5,000 × 4 KiB, durable", Value: rate, Unit: "files/s", Goal: "≥ 3,000", Met: rate >= 3000,
		CPU: spent / rounds, Note: fmt.Sprintf("(%.0f µs CPU per file)", spent/rounds/count*1e6)}}, nil
}

// putMany uploads files of 4 KiB below base over several connections; every content differs.
func putMany(ctx context.Context, base string, count, connections int) error {
	if err := request(ctx, http.DefaultClient, "MKCOL", base, nil); err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for i := range next {
				body := bytes.Repeat(fmt.Appendf(nil, "%015d\n", i), 256)
				if err := request(ctx, client, http.MethodPut, fmt.Sprintf("%sfile-%06d.bin", base, i), body); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range count {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// request sends one request and insists on a good answer.
func request(ctx context.Context, client *http.Client, method, url string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, url, answer.Status, text)
	}
	return err
}
