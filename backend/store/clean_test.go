package store

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/event"
)

// spoilKeepingTime damages a table on the disk as a failing medium does: size and time of the file stay.
func spoilKeepingTime(t *testing.T, path string) {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	pages := pagesOf(t, path, "setting")
	scribble(t, path, pages[len(pages)/2], 0, 4096)
	if err := os.Chtimes(path, st.ModTime(), st.ModTime()); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} { // of having looked
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// TestDamageFoundLater: a database that was closed in order is opened without being read; damage in it
// is found soon after, told, and the next start refuses.
func TestDamageFoundLater(t *testing.T) {
	dir, path := filled(t)
	spoilKeepingTime(t, path)
	var log bytes.Buffer // slog's handler locks
	woken := make(chan int64, 16)
	s, err := Open(t.Context(), Options{
		Dir: dir, CheckAfter: time.Nanosecond, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Appended: func(e []event.Event) { woken <- e[len(e)-1].ID },
	})
	if err != nil {
		t.Fatal("a database that was closed in order was read at the start: ", err)
	}
	newest := <-woken
	events, err := s.Events(t.Context(), newest-1, 1)
	if err != nil || len(events) != 1 || events[0].Kind != event.Notice || !strings.Contains(events[0].Text, "doctor --repair") {
		t.Errorf("%+v, %v", events, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "doctor --repair") {
		t.Error(log.String())
	}
	if _, err := Open(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrDamaged) {
		t.Errorf("the next start: %v", err)
	}
	if report, err := Repair(t.Context(), dir); err != nil || report.Sound {
		t.Errorf("%+v, %v", report, err)
	}
	open(t, Options{Dir: dir})
}

// TestUncleanEnd: after any other end than Close the database is read before it is used.
func TestUncleanEnd(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, path string){
		"a log is left":   func(t *testing.T, path string) { overwrite(t, path+"-wal", "") },
		"no note":         func(t *testing.T, path string) { _ = os.Remove(path + cleanSuffix) },
		"another's note":  func(t *testing.T, path string) { overwrite(t, path+cleanSuffix, "4096 bytes, changed at 1 ns\n") },
		"it was put back": func(t *testing.T, path string) { _ = os.Chtimes(path, time.Now(), time.Unix(1e9, 0)) },
		"a newer program": func(t *testing.T, path string) {
			alter(t, path, `DELETE FROM goose_db_version WHERE version_id = 8`)
			if err := noteClosed(path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, path := filled(t)
			if name == "a newer program" { // its migration must not begin on a damaged one
				end(t, path)
				spoilKeepingTime(t, path)
			} else {
				spoilKeepingTime(t, path)
				end(t, path)
			}
			if _, err := Open(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrDamaged) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestCloseEndsTheCheck: closing does not wait for the check in the background.
func TestCloseEndsTheCheck(t *testing.T) {
	dir, path := filled(t)
	for _, after := range []time.Duration{time.Hour, time.Nanosecond} {
		s, err := Open(context.Background(), Options{Dir: dir, CheckAfter: after})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if !closedInOrder(path) {
			t.Error("closed in order, and not known as that")
		}
		if left, err := filepath.Glob(path + "-wal"); err != nil || len(left) > 0 {
			t.Error(left, err)
		}
	}
}
