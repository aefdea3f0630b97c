package store

import (
	"errors"
	"testing"
)

// TestFoldersAreRemembered: what the writer remembers of folders is not believed when they move, go, or
// were never there because what made them was undone.
func TestFoldersAreRemembered(t *testing.T) {
	s := open(t, Options{})
	write := func(fn func(*Tx) error) error { return s.Write(t.Context(), Fast, fn) }
	put := func(rel string) (id int64) {
		t.Helper()
		if err := write(func(tx *Tx) (err error) { id, err = tx.FreshNode("v", rel); return err }); err != nil {
			t.Fatal(err)
		}
		return id
	}
	at := func(id int64) (rel string) {
		t.Helper()
		err := s.Read(t.Context(), func(tx *Tx) (err error) { _, rel, _, err = tx.Place(id); return err })
		if err != nil {
			t.Fatal(err)
		}
		return rel
	}
	undone := errors.New("undone")
	err := write(func(tx *Tx) error {
		if _, err := tx.MakeNode("v", "a/b/lost"); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	first := put("a/b/1")
	if at(first) != "a/b/1" {
		t.Errorf("after what was undone: %q", at(first))
	}
	if err := write(func(tx *Tx) error { _, err := tx.MoveNode("v", "a", "v", "c"); return err }); err != nil {
		t.Fatal(err)
	}
	second := put("a/b/2")
	if at(first) != "c/b/1" || at(second) != "a/b/2" {
		t.Errorf("after a move: %q and %q", at(first), at(second))
	}
	if err := write(func(tx *Tx) error { return tx.DropNode("v", "a/b") }); err != nil {
		t.Fatal(err)
	}
	if third := put("a/b/3"); at(third) != "a/b/3" || at(second) != "." && at(second) != "" {
		t.Errorf("after a removal: %q and %q", at(third), at(second))
	}
}
