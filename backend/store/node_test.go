package store

import (
	"testing"
)

// TestFreshNode: what hung on a name does not hang on what is new there, nor on what was below.
func TestFreshNode(t *testing.T) {
	s := open(t, Options{})
	err := s.Write(t.Context(), Fast, func(tx *Tx) error {
		old, err := tx.MakeNode("v", "a/b")
		if err != nil {
			return err
		}
		below, err := tx.MakeNode("v", "a/b/c")
		if err != nil {
			return err
		}
		for _, id := range []int64{old, below} {
			if err := tx.PutContent(id, Content{Version: "1"}); err != nil {
				return err
			}
		}
		fresh, err := tx.FreshNode("v", "a/b")
		if err != nil {
			return err
		}
		if fresh == old || fresh == 0 {
			t.Errorf("the new node is %d, the old one was %d", fresh, old)
		}
		if now, err := tx.Node("v", "a/b"); now != fresh || err != nil {
			t.Error(now, fresh, err)
		}
		for _, id := range []int64{old, below, fresh} {
			if c, ok, err := tx.Content(id); ok || err != nil {
				t.Error(id, c, err)
			}
		}
		if _, _, ok, err := tx.Place(below); ok || err != nil {
			t.Error("what was below is there", err)
		}
		if other, err := tx.FreshNode("v", "x/y/z"); other == 0 || err != nil {
			t.Error(other, err)
		}
		if _, err := tx.FreshNode("v", "."); err == nil {
			t.Error("a volume is new")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
