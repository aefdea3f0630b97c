package store

import (
	"fmt"
	"testing"
	"time"
)

// TestDropAdmission: an answer about all of one maker's shares takes along those that came with it at
// these, and nothing that another maker said of the same device.
func TestDropAdmission(t *testing.T) {
	s := open(t, Options{})
	const program = "at 192.168.1.30"
	write := func(fn func(*Tx) error) {
		t.Helper()
		if err := s.Write(t.Context(), Fast, fn); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *Tx) error {
		for i, maker := range []string{"anna", "bert"} {
			share := fmt.Sprint("of-", maker)
			err := tx.AddShare(&Share{ID: share, Key: fmt.Sprint("key", i), Path: "/x", OfKind: 1, OfID: maker, Created: time.Now()})
			for _, a := range []Admission{
				{Scope: "1:" + maker, Device: program, Allowed: true},
				{Scope: share, Device: program, Allowed: true, Always: program},
				{Scope: share, Device: "at 192.168.1.31", Allowed: true},
			} {
				if err == nil {
					err = tx.SetAdmission(&a)
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	stand := func() (out string) {
		t.Helper()
		err := s.Read(t.Context(), func(tx *Tx) error {
			for _, scope := range []string{"1:anna", "of-anna", "1:bert", "of-bert"} {
				list, err := tx.Admissions(scope)
				if err != nil {
					return err
				}
				out += fmt.Sprint(len(list))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct{ scope, left string }{
		{"nobody", "1212"},
		{"of-anna", "1112"}, // one share's answer, and no more than that
		{"1:bert", "1101"},
		{"1:anna", "0101"},
	} {
		write(func(tx *Tx) error { return tx.DropAdmission(c.scope, program) })
		if got := stand(); got != c.left {
			t.Errorf("after %s: %s, want %s", c.scope, got, c.left)
		}
	}
}
