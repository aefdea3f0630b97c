package server

import (
	"net/http"
	"strings"
	"testing"

	"portico/backend/api"
)

// TestUndoneOverARestart: what was taken back is not offered to be taken back once more.
func TestUndoneOverARestart(t *testing.T) {
	data := t.TempDir()
	s, ask := deskOf(t, data)
	one := shared(t, ask)
	ask(200, "PATCH", "/-/api/shares/"+one.ID, map[string]any{"preset": "add"}, nil)
	batch := func(name string) (out api.Batch) {
		t.Helper()
		eventually(t, name+" is done", func() bool {
			var list api.BatchList
			ask(200, "GET", "/-/api/batches", nil, &list)
			for _, b := range list.Batches {
				if b.Batch == name {
					out = b
				}
			}
			return out.State == "done"
		})
		return out
	}
	for _, name := range []string{"taken", "kept"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.Addresses()[0]+"/s/"+one.Key+"/"+name+".jpg", strings.NewReader("picture"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Portico-Batch", name+"; files=1; bytes=7")
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 201 {
			t.Fatal(resp.Status)
		}
	}
	var out api.UndoAnswer
	if ask(200, "POST", "/-/api/batches/"+batch("taken").ID+"/undo", nil, &out); out.Removed != 1 {
		t.Errorf("%+v", out)
	}
	for _, when := range []string{"at once", "after a restart"} {
		if b := batch("taken"); b.Undo || !b.Undone {
			t.Errorf("%s: %+v", when, b)
		}
		if b := batch("kept"); b.Undone {
			t.Errorf("%s: %+v", when, b)
		}
		stop(t, s)
		s, ask = deskOf(t, data)
	}
}
