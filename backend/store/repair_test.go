package store

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/event"
)

const (
	testEvents   = 1200
	testSettings = 200
	testPatience = 300
)

func TestRepair(t *testing.T) {
	for _, c := range []struct {
		name             string
		harm             func(t *testing.T, dir, path string)
		events, settings int // at least
		all              bool
	}{
		{"one leaf", func(t *testing.T, _, path string) {
			pages := pagesOf(t, path, "event")
			scribble(t, path, pages[len(pages)/2], 0, 4096)
		}, testEvents - 40, testSettings, false},
		{"several leaves, the first and the last", func(t *testing.T, _, path string) {
			pages := pagesOf(t, path, "event")
			for _, p := range []int64{pages[1], pages[7], pages[len(pages)-1]} {
				scribble(t, path, p, 0, 200)
			}
		}, testEvents - 120, testSettings, false},
		{"an index", func(t *testing.T, _, path string) {
			for _, p := range pagesOf(t, path, "event_identity") {
				scribble(t, path, p, 0, 4096)
			}
		}, testEvents, testSettings, true},
		{"the root of a table", func(t *testing.T, _, path string) {
			scribble(t, path, pagesOf(t, path, "event")[0], 0, 4096)
		}, 0, testSettings, false},
		{"a leaf of a table without row ids", func(t *testing.T, _, path string) {
			pages := pagesOf(t, path, "setting")
			scribble(t, path, pages[len(pages)/2], 0, 4096)
		}, testEvents, testSettings / 2, false},
		{"the beginning of the file", func(t *testing.T, _, path string) {
			scribble(t, path, 1, 0, 24)
		}, testEvents, testSettings, true},
		{"the end cut off", func(t *testing.T, _, path string) {
			st, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, st.Size()*2/3); err != nil {
				t.Fatal(err)
			}
		}, testEvents / 3, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, path := filled(t)
			c.harm(t, dir, path)
			if c.name != "an index" {
				_, err := Open(t.Context(), Options{Dir: dir})
				if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "doctor --repair") {
					t.Errorf("Open: %v", err)
				}
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			report, err := repair(t.Context(), dir, path, testPatience)
			if err != nil {
				t.Fatal(err)
			}
			if report.Sound || report.Cause == "" || report.Backup != "" {
				t.Errorf("%+v", report)
			}
			if strings.Contains(report.String(), "Everything") != c.all {
				t.Error(report.String())
			}
			kept, err := os.ReadFile(filepath.Join(report.Aside, fileName))
			if err != nil || string(kept) != string(before) {
				t.Errorf("the damaged file was not kept: %v", err)
			}
			events, settings := counts(t, dir)
			if events < c.events || settings < c.settings || c.all && (events != testEvents || settings != testSettings) {
				t.Errorf("%d events and %d settings are left; %s", events, settings, report)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".repair*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if report, err := Repair(t.Context(), dir); err != nil || !report.Sound {
				t.Errorf("again: %v, %v", report, err)
			}
		})
	}
}

// What lies in the log only, as after a crash, is recovered too.
func TestRepairWithLog(t *testing.T) {
	live := t.TempDir()
	s := open(t, Options{Dir: live})
	if err := s.Write(t.Context(), Durable, func(tx *Tx) error { return tx.SetSetting("a", "b", json.RawMessage(`1`)) }); err != nil {
		t.Fatal(err)
	}
	err := s.Read(t.Context(), func(*Tx) error { // a reader keeps the log from being emptied
		fillStore(t, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	appendAll(t, s, event.Event{Kind: event.Notice, Text: "in the log"})
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		if _, err := copyFile(t.Context(), filepath.Join(live, fileName+suffix), filepath.Join(dir, fileName+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, fileName)
	scribble(t, path, 1, 0, 24)
	report, err := Repair(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if events, settings := counts(t, dir); events != testEvents+1 || settings != testSettings {
		t.Errorf("%d events, %d settings; %s", events, settings, report)
	}
	// Here the log holds everything: the database itself was never written.
	dir = t.TempDir()
	overwrite(t, filepath.Join(dir, fileName), "")
	if _, err := copyFile(t.Context(), filepath.Join(live, fileName+"-wal"), filepath.Join(dir, fileName+"-wal")); err != nil {
		t.Fatal(err)
	}
	report, err = Repair(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if events, settings := counts(t, dir); events != testEvents+1 || settings != testSettings {
		t.Errorf("from the log: %d events, %d settings; %s", events, settings, report)
	}
}

func TestRepairNothingReadable(t *testing.T) {
	dir, path := filled(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	garbage := strings.Repeat("no database at all ", 10_000)
	if err := os.WriteFile(path, []byte(garbage), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Repair(t.Context(), dir)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "copy") {
		t.Errorf("without a copy: %v", err)
	}
	if now, _ := os.ReadFile(path); string(now) != garbage {
		t.Error("the file was changed")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "damaged-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	// The newest copy is damaged too, the one before is sound.
	if err := os.Mkdir(filepath.Join(dir, backupDir), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"portico-20260101T000000.000-v00008.db": whole, "portico-20260102T000000.000-v00008.db": []byte(garbage)} {
		if err := os.WriteFile(filepath.Join(dir, backupDir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	report, err := Repair(t.Context(), dir)
	if err != nil || !strings.Contains(report.Backup, "20260101") || !strings.Contains(report.String(), "put back") {
		t.Fatalf("%v, %v", report, err)
	}
	if events, settings := counts(t, dir); events != testEvents || settings != testSettings {
		t.Errorf("%d events, %d settings", events, settings)
	}
}

func TestRepairRefuses(t *testing.T) {
	if _, err := Repair(t.Context(), t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no database: %v", err)
	}
	dir, path := filled(t)
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Repair(t.Context(), dir); !errors.Is(err, ErrLocked) {
		t.Errorf("in use: %v", err)
	}
	if err := s.Write(t.Context(), Durable, func(tx *Tx) error {
		_, err := tx.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Repair(t.Context(), dir); !errors.Is(err, ErrNewer) {
		t.Errorf("newer: %v", err)
	}
	pages := pagesOf(t, path, "event")
	scribble(t, path, pages[3], 0, 4096)
	if _, err := Repair(t.Context(), dir); !errors.Is(err, ErrNewer) {
		t.Errorf("newer and damaged: %v", err)
	}
}

// Whatever happens to a file, Repair ends, with a database that can be used or with an error that
// leaves the file alone.
func TestRepairRandomHarm(t *testing.T) {
	_, path := filled(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	for seed := range uint64(rounds) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		text := append([]byte(nil), whole...)
		for range 1 + rnd.IntN(40) {
			at, n := rnd.IntN(len(text)), 1+rnd.IntN(600)
			for i := at; i < min(at+n, len(text)); i++ {
				text[i] = byte(rnd.Uint32())
			}
		}
		if rnd.IntN(4) == 0 {
			text = text[:rnd.IntN(len(text))]
		}
		dir := t.TempDir()
		file := filepath.Join(dir, fileName)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := repair(t.Context(), dir, file, testPatience)
		if err != nil {
			if now, _ := os.ReadFile(file); !errors.Is(err, ErrDamaged) || string(now) != string(text) {
				t.Errorf("seed %d: %v", seed, err)
			}
			continue
		}
		s, err := Open(t.Context(), Options{Dir: dir})
		if err != nil {
			t.Errorf("seed %d: %v; %s", seed, err, report)
			continue
		}
		appendAll(t, s, event.Event{Kind: event.Notice})
		if err := s.Close(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// The recovery does not know rows that belong to others: a table with foreign keys needs more of it.
func TestNoForeignKeys(t *testing.T) {
	s := open(t, Options{})
	err := s.Read(t.Context(), func(tx *Tx) error {
		rows, err := tx.query(`SELECT m.name FROM sqlite_schema m, pragma_foreign_key_list(m.name) WHERE m.type = 'table'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			t.Errorf("%s has a foreign key", name)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// failing is a disk of which one place cannot be read.
type failing struct {
	text     string
	from, to int64
}

func (f failing) ReadAt(p []byte, at int64) (int, error) {
	if at < f.to && at+int64(len(p)) > f.from {
		return 0, errors.New("input/output error")
	}
	return strings.NewReader(f.text).ReadAt(p, at)
}

func TestCopyOfAFailingDisk(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 64*1024) + "the end"
	var out strings.Builder
	n, err := copyBlocks(context.Background(), failing{text, 10*block + 5, 12*block + 1}, &out, int64(len(text)))
	if err != nil || n != 3 {
		t.Errorf("%d unreadable, %v", n, err)
	}
	want := text[:10*block] + strings.Repeat("\x00", 3*block) + text[13*block:]
	if out.String() != want {
		t.Error("the copy differs")
	}
	ended, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	if _, err := copyBlocks(ended, failing{}, &out, 1); err == nil {
		t.Error("did not end")
	}
}
