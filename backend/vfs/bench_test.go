package vfs_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

func BenchmarkOpenSend4K(b *testing.B) {
	h := vfstest.New(b)
	s := h.Owner()
	h.Put(s, "/files/a/b/f", string(make([]byte, 4096)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := s.Open("/files/a/b/f")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.SendTo(io.Discard, 0, -1); err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

func BenchmarkStat(b *testing.B) {
	h := vfstest.New(b)
	s := h.Owner()
	h.Put(s, "/files/a/b/f", "x")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Stat("/files/a/b/f"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkList10000(b *testing.B) {
	h := vfstest.New(b)
	s := h.Owner()
	dir := filepath.Join(h.Disk["/files"], "many")
	if err := os.Mkdir(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range 10000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("IMG_%d.jpg", i)), nil, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if l, err := s.List("/files/many"); err != nil || len(l) != 10000 {
			b.Fatal(len(l), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/10000, "µs/entry")
}

func benchCommit(b *testing.B, d store.Durability, workers int) {
	h := vfstest.New(b, vfstest.Volume(vfs.Volume{Name: "v", Path: "/files", Durability: d}))
	s := h.Owner()
	content := bytes.Repeat([]byte("portico "), 512)
	var wg sync.WaitGroup
	b.ResetTimer()
	for w := range workers {
		wg.Go(func() {
			for i := w; i < b.N; i += workers {
				wr, err := s.Create(fmt.Sprintf("/files/f%d", i), vfs.CreateOptions{Size: int64(len(content))})
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := wr.ReadFrom(bytes.NewReader(content)); err != nil {
					b.Error(err)
					return
				}
				if _, err := wr.Commit(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}

func BenchmarkCommit4K(b *testing.B) {
	for _, workers := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("durable-%d", workers), func(b *testing.B) { benchCommit(b, store.Durable, workers) })
	}
	for _, workers := range []int{1, 8} {
		b.Run(fmt.Sprintf("fast-%d", workers), func(b *testing.B) { benchCommit(b, store.Fast, workers) })
	}
}

func BenchmarkPutLarge(b *testing.B) {
	h := vfstest.New(b, vfstest.Volume(vfs.Volume{Name: "v", Path: "/files", Durability: store.Fast}))
	s := h.Owner()
	const size = 256 << 20
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		w, err := s.Create("/files/big", vfs.CreateOptions{Size: size})
		if err != nil {
			b.Fatal(err)
		}
		if n, err := w.ReadFrom(io.LimitReader(zeros{}, size)); n != size || err != nil {
			b.Fatal(n, err)
		}
		if err := w.Abort(); err != nil {
			b.Fatal(err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
