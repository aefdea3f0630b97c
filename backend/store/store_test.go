package store

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"portico/backend/event"
)

func open(t *testing.T, o Options) *Store {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func TestAppendAndRead(t *testing.T) {
	var newest int64
	s := open(t, Options{Appended: func(e []event.Event) { newest = e[len(e)-1].ID }})
	odd := event.Event{
		Kind: event.Renamed, Path: "/a\xff\x00b'", From: "/\xc3\x28", Node: 7, Size: 1 << 60, Count: 3, Hash: "ab",
		Door: "ftp", Remote: "::1", Client: "c", Identity: "account:x", Name: "Zoë", Batch: "b", Code: "X-1", Text: "t\n",
	}
	if err := s.Write(t.Context(), Durable, func(tx *Tx) error { return tx.Append(&odd) }); err != nil {
		t.Fatal(err)
	}
	got, err := s.Events(t.Context(), 0, 10)
	if err != nil || len(got) != 1 || got[0] != odd {
		t.Fatalf("got %+v, %v, want %+v", got, err, odd)
	}
	if newest != odd.ID {
		t.Errorf("Appended was told %d, want %d", newest, odd.ID)
	}
}

func TestErrorAndPanicRollBackOnlyTheirPart(t *testing.T) {
	s := open(t, Options{})
	add := func(path string, then func() error) error {
		return s.Write(context.Background(), Durable, func(tx *Tx) error {
			if err := tx.Append(&event.Event{Kind: event.Created, Path: path}); err != nil {
				return err
			}
			return then()
		})
	}
	boom := errors.New("boom")
	errs := make(chan error, 300)
	for i := range 300 {
		go func() {
			path := fmt.Sprint("/", i)
			switch i % 3 {
			case 0:
				errs <- add(path, func() error { return nil })
			case 1:
				if err := add(path, func() error { return boom }); !errors.Is(err, boom) {
					errs <- fmt.Errorf("error: got %v", err)
					return
				}
				errs <- nil
			case 2:
				if err := add(path, func() error { panic("p") }); err == nil {
					errs <- errors.New("panic: no error")
					return
				}
				errs <- nil
			}
		}()
	}
	for range 300 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	got, err := s.Events(t.Context(), 0, 1000)
	if err != nil || len(got) != 100 {
		t.Fatalf("%d events, %v; want 100", len(got), err)
	}
}
