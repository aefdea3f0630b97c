package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"portico/backend/event"
)

// hold keeps the writer busy until the returned function is called.
func hold(t *testing.T, s *Store) (let func()) {
	t.Helper()
	begun, end, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- s.Write(context.Background(), Fast, func(*Tx) error { close(begun); <-end; return nil })
	}()
	<-begun
	return func() {
		close(end)
		if err := <-done; err != nil {
			t.Errorf("the write that held the writer: %v", err)
		}
	}
}

// waitFor waits until so many writes wait.
func waitFor(s *Store, many int) {
	for waiting := 0; waiting < many; runtime.Gosched() {
		s.writer.mu.Lock()
		waiting = len(s.writer.queue)
		s.writer.mu.Unlock()
	}
}

func put(path string) func(*Tx) error {
	return func(tx *Tx) error { return tx.Append(&event.Event{Kind: event.Created, Path: path}) }
}

func pathsIn(t *testing.T, s *Store) string {
	t.Helper()
	events, err := s.Events(t.Context(), 0, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range events {
		paths = append(paths, e.Path)
	}
	return strings.Join(paths, " ")
}

// Writes that wait are committed together, in their order.
func TestWritesAreGrouped(t *testing.T) {
	var commits atomic.Int64
	s := open(t, Options{Appended: func([]event.Event) { commits.Add(1) }})
	let := hold(t, s)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if err := s.Write(context.Background(), Durable, put("/x")); err != nil {
				t.Error(err)
			}
		})
	}
	waitFor(s, 100)
	let()
	wg.Wait()
	// One, unless a busy machine let the batch grow past its time.
	if n := commits.Load(); n < 1 || n > 20 {
		t.Errorf("100 writes that waited made %d commits", n)
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	s := open(t, Options{})
	let := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	go func() { errs <- s.Write(ctx, Durable, put("/cancelled")) }()
	waitFor(s, 1)
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	let()
	if err := s.Write(ctx, Durable, put("/never")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// A write that has begun tells what became of it, whatever its context does.
	ctx, cancel = context.WithCancel(t.Context())
	err := s.Write(ctx, Durable, func(tx *Tx) error {
		cancel()
		return put("/begun")(tx)
	})
	if got := pathsIn(t, s); err != nil || got != "/begun" {
		t.Errorf("%v; the log holds %q", err, got)
	}
}

// Many who wait may give up, and leave nothing behind.
func TestManyGiveUp(t *testing.T) {
	s := open(t, Options{})
	const many = 3000
	let := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	var gaveUp atomic.Int64
	var wg sync.WaitGroup
	for range many {
		wg.Go(func() {
			if err := s.Write(ctx, Fast, put("/x")); errors.Is(err, context.Canceled) {
				gaveUp.Add(1)
			}
		})
	}
	waitFor(s, many)
	cancel()
	wg.Wait()
	if n := gaveUp.Load(); n != many {
		t.Errorf("%d gave up", n)
	}
	let()
	if err := s.Write(t.Context(), Fast, put("/after")); err != nil || pathsIn(t, s) != "/after" {
		t.Errorf("%v; the log holds %q", err, pathsIn(t, s))
	}
}

// Close commits what is queued, and refuses what comes later.
func TestCloseDrains(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	let := hold(t, s)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			if err := s.Write(context.Background(), Fast, put(fmt.Sprint("/", i))); err != nil {
				t.Error(err)
			}
		})
	}
	waitFor(s, 200)
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	let()
	wg.Wait()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), Fast, put("/late")); !errors.Is(err, ErrClosed) {
		t.Errorf("write after close: %v", err)
	}
	if err := s.Read(t.Context(), func(*Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
	s = open(t, Options{Dir: dir})
	if n := len(strings.Fields(pathsIn(t, s))); n != 200 {
		t.Errorf("%d events", n)
	}
}

// Writers and Close at the same time: what was answered is there, the rest was told.
func TestCloseRace(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	var answered atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				err := s.Write(context.Background(), Fast, put("/x"))
				if errors.Is(err, ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				if answered.Add(1) == 500 {
					go s.Close()
				}
			}
		})
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for { // the first Close may still hold the folder
		again, err := Open(t.Context(), Options{Dir: dir})
		if errors.Is(err, ErrLocked) {
			runtime.Gosched()
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		s = again
		break
	}
	defer s.Close()
	if n := int64(len(strings.Fields(pathsIn(t, s)))); n != answered.Load() {
		t.Errorf("%d events, %d answers", n, answered.Load())
	}
}

// A function that ends the goroutine takes nobody along but those of its batch, who are told.
func TestGoexit(t *testing.T) {
	s := open(t, Options{})
	let := hold(t, s)
	var ends, others sync.WaitGroup
	var told atomic.Int64
	ends.Go(func() {
		err := s.Write(t.Context(), Durable, func(tx *Tx) error {
			if err := put("/lost")(tx); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
		t.Error("a function that had ended its goroutine came back: ", err)
	})
	waitFor(s, 1)
	for range 5 {
		others.Go(func() {
			if err := s.Write(t.Context(), Durable, put("/with it")); err != nil {
				told.Add(1)
			}
		})
	}
	waitFor(s, 6)
	let()
	ends.Wait()
	others.Wait()
	if told.Load() != 5 {
		t.Errorf("%d of 5 were told", told.Load())
	}
	if err := s.Write(t.Context(), Durable, put("/kept")); err != nil || pathsIn(t, s) != "/kept" {
		t.Errorf("%v; the log holds %q", err, pathsIn(t, s))
	}
}

// A full disk fails the batch, whoever swallows the error in it, and leaves nothing half done.
func TestFullDisk(t *testing.T) {
	s := open(t, Options{})
	limit := func(query string) {
		t.Helper()
		err := s.Write(t.Context(), Durable, func(tx *Tx) error { return tx.row(query).Scan(new(int)) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Write(t.Context(), Durable, put("/before")); err != nil {
		t.Fatal(err)
	}
	limit(`PRAGMA max_page_count = 100`)
	fill := func(tx *Tx) error {
		for range 200 {
			if err := put("/" + strings.Repeat("x", 4000))(tx); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.Write(t.Context(), Durable, fill); !errors.Is(err, ErrNoSpace) {
		t.Errorf("got %v", err)
	}
	err := s.Write(t.Context(), Durable, func(tx *Tx) error {
		_ = fill(tx)
		_ = put("/outside of any transaction")(tx)
		return nil
	})
	if !errors.Is(err, ErrNoSpace) {
		t.Errorf("swallowed: %v", err)
	}
	if got := pathsIn(t, s); got != "/before" {
		t.Errorf("the log holds %.100q", got)
	}
	limit(`PRAGMA max_page_count = 1000000`)
	if err := s.Write(t.Context(), Durable, put("/after")); err != nil || pathsIn(t, s) != "/before /after" {
		t.Errorf("%v; the log holds %.100q", err, pathsIn(t, s))
	}
}

// Appended is told of each batch before its writers go on, and not of what was rolled back.
func TestAppended(t *testing.T) {
	var told []int64
	s := open(t, Options{Appended: func(list []event.Event) {
		for _, e := range list {
			told = append(told, e.ID)
		}
	}})
	boom := errors.New("boom")
	for i := range 6 {
		err := s.Write(t.Context(), Fast, func(tx *Tx) error {
			if i == 2 {
				return nil // nothing appended
			}
			if err := errors.Join(put("/x")(tx), put("/y")(tx)); err != nil {
				return err
			}
			if i == 4 {
				return boom
			}
			return nil
		})
		if i == 4 && !errors.Is(err, boom) || i != 4 && err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(told) != "[1 2 3 4 5 6 7 8]" {
		t.Errorf("told %v", told)
	}
}
