package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/event"
)

// filled makes a database with some content and closes it.
func filled(t *testing.T) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	fillStore(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, fileName)
}

func fillStore(t *testing.T, s *Store) {
	t.Helper()
	err := s.Write(t.Context(), Durable, func(tx *Tx) error {
		for i := range testEvents {
			e := sample(i)
			if i%100 == 0 {
				e.Path = fmt.Sprintf("/odd\xff\x00%d", i)
			}
			if err := tx.Append(&e); err != nil {
				return err
			}
		}
		for i := range testSettings {
			value := json.RawMessage(`"` + strings.Repeat("x", 100) + `"`)
			if err := tx.SetSetting("account", fmt.Sprintf("key%04d", i), value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pagesOf returns the page numbers of a table or index, root first.
func pagesOf(t *testing.T, path, name string) []int64 {
	t.Helper()
	db, err := openReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT pageno FROM dbstat WHERE name = ? ORDER BY path`, name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var pages []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, n)
	}
	if len(pages) < 2 {
		t.Fatalf("%s has %d pages", name, len(pages))
	}
	return pages
}

// scribble overwrites part of a page.
func scribble(t *testing.T, path string, page, from, length int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(strings.Repeat("\xa5", int(length))), (page-1)*4096+from); err != nil {
		t.Fatal(err)
	}
}

// counts opens a mended database and tells what is in it, after checking that it can be used.
func counts(t *testing.T, dir string) (events, settings int) {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	newest := int64(0)
	err = s.Read(t.Context(), func(tx *Tx) error {
		list, err := tx.events(`SELECT ` + eventColumns + ` FROM event`)
		events = len(list)
		for _, e := range list {
			newest = max(newest, e.ID)
		}
		all, settingsErr := tx.Settings("account")
		settings = len(all)
		return errors.Join(err, settingsErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	e := event.Event{Kind: event.Notice}
	if err := s.Write(t.Context(), Durable, func(tx *Tx) error { return tx.Append(&e) }); err != nil {
		t.Fatal(err)
	}
	if e.ID <= testEvents || e.ID <= newest {
		t.Errorf("id %d was given again", e.ID)
	}
	return events, settings
}
