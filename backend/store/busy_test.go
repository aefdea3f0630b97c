package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
)

// Another program that keeps the database locked fails a write in words of its own, and nothing else:
// the next one goes through when it lets go.
func TestLockedByAnotherProgram(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	other, err := sql.Open("sqlite", dsn(filepath.Join(dir, "portico.db"), "mode=rw"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	c, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), Fast, put("/a")); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	if _, err := c.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), Durable, put("/b")); err != nil {
		t.Error(err)
	}
	if got := pathsIn(t, s); got != "/b" {
		t.Errorf("stored %q", got)
	}
}
