package server

import (
	"net/http"
	"strings"
	"testing"

	"portico/backend/api"
	"portico/backend/config"
)

// TestWebDAVDoor: it has no port of its own, follows the web door, and is switched while that goes on.
func TestWebDAVDoor(t *testing.T) {
	dir := folderWith(t, "x.txt")
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{volume("/", dir, "r")} })
	card := func() api.Door {
		t.Helper()
		for _, d := range s.Status(t.Context()).Doors {
			if d.Name == "webdav" {
				return d
			}
		}
		t.Fatal("no card")
		return api.Door{}
	}
	find := func(path string) int {
		t.Helper()
		r, err := http.NewRequest("PROPFIND", s.Addresses()[0]+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer http.DefaultClient.CloseIdleConnections()
		answer.Body.Close()
		return answer.StatusCode
	}
	d := card()
	base := s.Addresses()[0] + "/dav/"
	if !d.Open || d.Address != base || d.Title != "WebDAV" || d.Port != 0 || len(d.Lines) < 6 || !strings.Contains(d.Lines[0].Text, `\DavWWWRoot\dav\`) || find("/") != 207 {
		t.Errorf("%+v", d)
	}
	no, yes := false, true
	for range 2 { // open, opened again, closed, opened
		if d, err := (admin{s}).Door(t.Context(), "webdav", api.DoorChange{Open: &yes}); err != nil || !d.Open || d.Address != base {
			t.Errorf("open: %+v, %v", d, err)
		}
		if got := find("/"); got != 207 {
			t.Errorf("opened: %d", got)
		}
		if d, err := (admin{s}).Door(t.Context(), "webdav", api.DoorChange{Open: &no}); err != nil || d.Open || d.Lines != nil {
			t.Errorf("closed: %+v, %v", d, err)
		}
		// A door leaves behind the answer to who closed it.
		eventually(t, "WebDAV is not spoken any more", func() bool { return find("/") == 405 })
		wantStatus(t, s, "/x.txt", 200)
	}
	stop(t, s)
	again, err := New(t.Context(), s.o)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if want, _ := again.wanted(t.Context(), again.gate("webdav")); want != off {
		t.Errorf("after a restart it wants %q", want)
	}
}
