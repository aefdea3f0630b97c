package store

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"portico/backend/event"
)

func sample(i int) event.Event {
	return event.Event{
		Kind: event.Created, Path: fmt.Sprintf("/lab inbox/2026-11-21/run %d/IMG_%05d.tif", i%50, i), Node: int64(i), Size: 3_211_264,
		Hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Door: "http", Remote: "192.168.1.42",
		Client: "iPhone · Safari", Identity: "link:k7qf2mzx", Name: "link “Lab inbox”", Batch: "b41f",
	}
}

// BenchmarkAppendGrouped is what many uploads at once cost: every append waits for its commit.
func BenchmarkAppendGrouped(b *testing.B) {
	for _, waiters := range []int{1, 8, 64, 512} {
		for _, d := range []Durability{Durable, Fast} {
			b.Run(fmt.Sprintf("waiters=%d/%s", waiters, map[Durability]string{Durable: "durable", Fast: "fast"}[d]), func(b *testing.B) {
				s, err := Open(context.Background(), Options{Dir: b.TempDir()})
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				var next atomic.Int64
				done := make(chan error, waiters)
				b.ReportAllocs()
				b.ResetTimer()
				for range waiters {
					go func() {
						for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
							e := sample(int(i))
							if err := s.Write(context.Background(), d, func(tx *Tx) error { return tx.Append(&e) }); err != nil {
								done <- err
								return
							}
						}
						done <- nil
					}()
				}
				for range waiters {
					if err := <-done; err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
			})
		}
	}
}

// BenchmarkAppendBulk is many appends of one write.
func BenchmarkAppendBulk(b *testing.B) {
	s, err := Open(context.Background(), Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	for i := 0; i < b.N; {
		err := s.Write(context.Background(), Fast, func(tx *Tx) error {
			for range min(500, b.N-i) {
				e := sample(i)
				if err := tx.Append(&e); err != nil {
					return err
				}
				i++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}

func BenchmarkEvents(b *testing.B) {
	s, err := Open(context.Background(), Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for range 40 {
		err := s.Write(context.Background(), Fast, func(tx *Tx) error {
			for i := range 500 {
				e := sample(i)
				if err := tx.Append(&e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for name, q := range map[string]EventQuery{
		"page": {}, "path": {Path: "/lab inbox/2026-11-21/run 7"}, "rare": {Kinds: []event.Kind{event.Notice}},
		"text": {Text: "nowhere to be found"}, "letters": {Text: "nirgends für niemanden"},
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if _, err := s.Activity(context.Background(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
