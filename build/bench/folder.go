package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// tenThousand makes a folder of 10,000 small files.
func tenThousand(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i := range 10_000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("file-%05d.txt", i)), make([]byte, i%97), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// list asks for the JSON listing of 10,000 files.
func (b *Bench) list(ctx context.Context) ([]Row, error) {
	dir := filepath.Join(b.Work, "list")
	defer os.RemoveAll(dir)
	if err := tenThousand(filepath.Join(dir, "many")); err != nil {
		return nil, err
	}
	ours, err := b.serve(ctx, dir, "durable")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	once := func() (float64, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, ours.url+"/many/", nil)
		if err != nil {
			return 0, err
		}
		r.Header.Set("Accept", "application/json")
		started := time.Now()
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		n, err := io.Copy(io.Discard, answer.Body)
		if err == nil && (answer.StatusCode != http.StatusOK || n < 100_000) {
			err = fmt.Errorf("listing: %s, %d bytes", answer.Status, n)
		}
		return float64(time.Since(started).Microseconds()) / 1000, err
	}
	millis, err := repeat(15, once)
	if err != nil {
		return nil, err
	}
	const rounds = 50
	spent, err := ours.spent(func() error {
		_, err := repeat(rounds, once)
		return err
	})
	if err != nil {
		return nil, err
	}
	micros := spent / rounds / 10_000 * 1e6
	return []Row{
		{Load: "JSON listing of 10,000", Value: millis, Unit: "ms", Goal: "≤ 40 ms", Met: millis <= 40, CPU: spent / rounds},
		{Load: "JSON listing, CPU", Value: micros, Unit: "µs/entry", Goal: "≤ 3.5 µs", Met: micros <= 3.5},
	}, nil
}

// zip fetches 1,000 files, 500 MiB in all, as one archive.
func (b *Bench) zip(ctx context.Context) ([]Row, error) {
	dir := filepath.Join(b.Memory, "zip")
	defer os.RemoveAll(dir)
	const count, size = 1000, 512 << 10
	for i := range count {
		if err := content(filepath.Join(dir, "many", fmt.Sprintf("file-%04d.bin", i)), size); err != nil {
			return nil, err
		}
	}
	ours, err := b.serve(ctx, dir, "fast")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	// What has never been packed is read for its check sums; later they are known.
	var first sample
	once := func() (sample, error) {
		s, err := ours.sample(func() (float64, error) {
			seconds, err := curl(ctx, ours.url+"/many/?zip")
			return count * size / 1e9 / seconds, err
		})
		if first.value == 0 {
			first = s
		}
		return s, err
	}
	speed, err := repeatSamples(9, once)
	if err != nil {
		return nil, err
	}
	return []Row{{Load: "zip of 1,000 files, 500 MiB", Value: speed.value, Unit: "GB/s", Goal: "≥ 1.5 GB/s", Met: speed.value >= 1.5,
		CPU: speed.cpu, Note: fmt.Sprintf("(first time: %.2f GB/s, %.2f s)", first.value, first.cpu)}}, nil
}

// rename moves a folder of 100,000 files that the database knows one by one.
func (b *Bench) rename(ctx context.Context) ([]Row, error) {
	dir := filepath.Join(b.Work, "rename")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ours, err := b.serve(ctx, dir, "fast")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	if err := putMany(ctx, ours.url+"/big0/", 100_000, 8); err != nil {
		return nil, err
	}
	n := 0
	millis, err := repeat(9, func() (float64, error) {
		body := fmt.Appendf(nil, `{"from":"/big%d","to":"/big%d","onExist":"refuse"}`, n, n+1)
		n++
		started := time.Now()
		err := request(ctx, http.DefaultClient, http.MethodPost, ours.url+"/-/api/files/rename", body)
		return float64(time.Since(started).Microseconds()) / 1000, err
	})
	if err != nil {
		return nil, err
	}
	return []Row{{Load: "rename a folder of 100,000", Value: millis, Unit: "ms", Goal: "≤ 10 ms", Met: millis <= 10}}, nil
}
