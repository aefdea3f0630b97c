package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"portico/backend/event"
)

func TestOpenInOddFolders(t *testing.T) {
	for _, name := range []string{"with space", "a?b=c&mode=ro", "50%20", "#x", "Grüße", "a;b'c\"d"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, `?"`) {
			continue
		}
		dir := filepath.Join(t.TempDir(), name, "data")
		s := open(t, Options{Dir: dir})
		appendAll(t, s, event.Event{Kind: event.Notice})
		if _, err := os.Stat(filepath.Join(dir, fileName)); err != nil {
			t.Error(err)
		}
		if got, err := s.Events(t.Context(), 0, 9); err != nil || len(got) != 1 {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
}

func TestOnlyTheOwnerCanRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Dir: dir})
	appendAll(t, s, event.Event{Kind: event.Notice})
	for _, name := range []string{fileName, fileName + "-wal", fileName + "-shm", lockName} {
		st, err := os.Stat(filepath.Join(dir, name))
		if err != nil || st.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, st.Mode(), err)
		}
	}
}

func TestOneInstance(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	_, err := Open(t.Context(), Options{Dir: dir})
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, Options{Dir: dir})
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(t *testing.T, path string)
		want error
	}{
		{"no database", func(t *testing.T, path string) { overwrite(t, path, strings.Repeat("text ", 4000)) }, ErrDamaged},
		{"a short file", func(t *testing.T, path string) { overwrite(t, path, "x") }, ErrDamaged},
		{"a log without a database", func(t *testing.T, path string) {
			overwrite(t, path, "")
			overwrite(t, path+"-wal", strings.Repeat("x", 5000))
		}, ErrDamaged},
		{"an empty log without a database", func(t *testing.T, path string) {
			overwrite(t, path, "")
			overwrite(t, path+"-wal", "")
		}, ErrDamaged},
		{"an emptied one with copies", func(t *testing.T, path string) {
			overwrite(t, path, "")
			if err := os.MkdirAll(filepath.Join(filepath.Dir(path), backupDir), 0o700); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged},
		{"an emptied one with a key", func(t *testing.T, path string) {
			overwrite(t, path, "")
			overwrite(t, filepath.Join(filepath.Dir(path), "accounts.key"), "key")
		}, ErrDamaged},
		{"a newer one", func(t *testing.T, path string) {
			alter(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (77777, 1)`)
		}, ErrNewer},
	} {
		dir, path := filled(t)
		c.harm(t, path)
		before := snapshot(t, dir)
		_, err := Open(t.Context(), Options{Dir: dir})
		var open *OpenError
		if !errors.Is(err, c.want) || !errors.As(err, &open) {
			t.Errorf("%s: got %v", c.name, err)
		}
		if snapshot(t, dir) != before {
			t.Errorf("%s: files were changed", c.name)
		}
		if _, err := Open(t.Context(), Options{Dir: dir}); errors.Is(err, ErrLocked) {
			t.Errorf("%s: the lock was not given up", c.name)
		}
	}
}

// TestBeginAnew: the database may be taken out of the data folder, whatever else is left there.
func TestBeginAnew(t *testing.T) {
	dir, path := filled(t)
	overwrite(t, filepath.Join(dir, "accounts.key"), "key")
	if err := os.MkdirAll(filepath.Join(dir, backupDir), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Dir: dir})
	if got, err := s.Events(t.Context(), 0, 9); err != nil || len(got) != 0 {
		t.Errorf("events %v, %v", got, err)
	}
}

// TestRepairOfAnEmptiedFile: nothing is made up where there is nothing to recover.
func TestRepairOfAnEmptiedFile(t *testing.T) {
	dir, path := filled(t)
	overwrite(t, path, "")
	overwrite(t, filepath.Join(dir, "accounts.key"), "key")
	if _, err := Repair(t.Context(), dir); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "copy of your own") {
		t.Errorf("got %v", err)
	}
}

func overwrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// alter runs statements on a closed database.
func alter(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, "mode=rw"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(s, err)
		}
	}
}

// snapshot is the content of the database and its log.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	for _, suffix := range []string{"", "-wal"} {
		text, err := os.ReadFile(filepath.Join(dir, fileName+suffix))
		if err == nil && len(text) > 0 {
			fmt.Fprintf(&out, "%s %d\n%s", suffix, len(text), text)
		}
	}
	return out.String()
}

// A database of an older program is copied, brought up to date, and keeps what is in it.
func TestMigrationMakesACopy(t *testing.T) {
	dir, path := filled(t)
	for round := range backupsKept + 2 {
		alter(t, path, `DROP TABLE setting`, `DELETE FROM goose_db_version WHERE version_id = 8`)
		s, err := Open(t.Context(), Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		appendAll(t, s, event.Event{Kind: event.Notice})
		if err := s.Write(t.Context(), Durable, func(tx *Tx) error { return tx.SetSetting("a", "b", []byte(`1`)) }); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Events(t.Context(), 0, 1e6); err != nil || len(got) != testEvents+round+1 {
			t.Errorf("%d events, %v", len(got), err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	all, err := backups(dir)
	if err != nil || len(all) != backupsKept {
		t.Fatalf("%v, %v", all, err)
	}
	for i, copy := range all {
		st, err := os.Stat(copy)
		if err != nil || runtime.GOOS != "windows" && st.Mode() != 0o600 {
			t.Errorf("%v, %v", st.Mode(), err)
		}
		db, err := openReadOnly(copy)
		if err != nil {
			t.Fatal(err)
		}
		var events int
		if err := db.QueryRow(`SELECT count(*) FROM event`).Scan(&events); err != nil || events != testEvents+2+i {
			t.Errorf("%s: %d events, %v", copy, events, err)
		}
		db.Close()
	}
	// Nothing to migrate, no copy.
	s := open(t, Options{Dir: dir})
	_ = s
	if again, _ := backups(dir); strings.Join(again, " ") != strings.Join(all, " ") {
		t.Errorf("a copy without need: %v", again)
	}
}

func TestOpenEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if _, err := Open(ctx, Options{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	open(t, Options{Dir: dir})
}
