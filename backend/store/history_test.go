package store

import (
	"testing"

	"portico/backend/event"
)

func TestPast(t *testing.T) {
	s := open(t, Options{})
	err := s.Write(t.Context(), Fast, func(tx *Tx) error {
		for i := range 10 {
			who := "account:anna"
			if i%3 == 0 {
				who = "link:k"
			}
			if err := tx.Append(&event.Event{Kind: event.Created, Path: "/x", Identity: who}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		before int64
		who    string
		limit  int
		want   []int64
	}{
		{0, "", 3, []int64{10, 9, 8}},
		{9, "", 2, []int64{8, 7}},
		{0, "link:k", 10, []int64{10, 7, 4, 1}},
		{7, "link:k", 1, []int64{4}},
		{1, "", 5, nil},
		{0, "account:nobody", 5, nil},
	} {
		got, err := s.Past(t.Context(), c.before, c.who, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, e := range got {
			ids = append(ids, e.ID)
		}
		if len(ids) != len(c.want) {
			t.Errorf("%+v: %v", c, ids)
			continue
		}
		for i := range ids {
			if ids[i] != c.want[i] {
				t.Errorf("%+v: %v", c, ids)
				break
			}
		}
	}
}
