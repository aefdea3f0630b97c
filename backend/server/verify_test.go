package server

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/store"
)

// What arrived through Portico is compared; what was there before has no hash; and content that is
// not what arrived is named. (A disk that forgets changes no time stamp, which no test can do to a
// file; so here it is the memory of what arrived that is changed.)
func TestVerify(t *testing.T) {
	folder := folderWith(t, "before.txt")
	s := start(t, t.TempDir(), func(o *Options) { o.Volumes = append(o.Volumes, volume("/box", folder, "rw")) })
	for _, name := range []string{"good.txt", "bad.txt"} {
		r, err := http.NewRequest(http.MethodPut, s.Addresses()[0]+"/box/"+name, strings.NewReader(name))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusCreated {
			t.Fatal(answer.Status)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	err := s.store.Write(t.Context(), store.Durable, func(tx *store.Tx) error {
		node, err := tx.Node(s.tree.Volumes()[0].Name, "bad.txt")
		if err != nil {
			return err
		}
		c, _, err := tx.Content(node)
		if err != nil {
			return err
		}
		c.SHA256[0] ^= 1
		return tx.PutContent(node, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	var problems []string
	var last Verified
	tell := func(v Verified) error {
		if v.Problem != "" {
			problems = append(problems, v.Path+": "+v.Problem)
		}
		last = v
		return nil
	}
	if err := s.Verify(t.Context(), "/", tell); err != nil {
		t.Fatal(err)
	}
	want := Verified{Files: 3, Good: 1, Bad: 1, Unknown: 1, Bytes: int64(len("good.txtbad.txt")), Done: true}
	if last != want || len(problems) != 1 || !strings.HasPrefix(problems[0], "/box/bad.txt: ") {
		t.Errorf("%+v, %q", last, problems)
	}

	// Changed on this computer: that is no damage, and nobody knows what it should be.
	if err := os.WriteFile(filepath.Join(folder, "good.txt"), []byte("edited"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), "/box/good.txt", tell); err != nil || last.Unknown != 1 || last.Bad != 0 {
		t.Errorf("after an edit: %+v, %v", last, err)
	}
	if err := s.Verify(context.Background(), "/nowhere", tell); err == nil || !strings.Contains(err.Error(), "nothing at /nowhere") {
		t.Errorf("nowhere: %v", err)
	}
}
