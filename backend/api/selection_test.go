package api_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/backend/api"
)

// TestASelection shares some of what lies in a folder; nothing else of it exists for visitors.
func TestASelection(t *testing.T) {
	h := open(t)
	for _, name := range []string{"trip/a.jpg", "trip/b.jpg", "trip/c.jpg", "trip/raw/1.dng", "trip/raw/deep/2.dng", "trip/rawer/x", "trip/a.jpg.xmp", "beside"} {
		h.put(name, "content of "+name)
	}
	h.must(os.Symlink("c.jpg", filepath.Join(h.disk, "trip", "raw", "to-c")))
	root, s := h.share(api.ShareRequest{Path: "/files/trip", Items: []string{"raw", "b.jpg", "a.jpg", "a.jpg"}})
	if s.Title != "a.jpg and 2 more" || !slices.Equal(s.Items, []string{"a.jpg", "b.jpg", "raw"}) || s.Path != "/files/trip" {
		t.Errorf("%+v", s)
	}
	g := h.guest()
	list := func(path string) string {
		t.Helper()
		var l api.Listing
		g.want(200, "GET", path, nil, &l, "Accept", "application/json")
		var out []string
		for _, e := range l.Entries {
			out = append(out, e.Name)
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	for path, want := range map[string]string{root: "a.jpg b.jpg raw", root + "raw/": "1.dng deep to-c", root + "raw/deep/": "2.dng"} {
		if got := list(path); got != want {
			t.Errorf("%s holds %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]int{"a.jpg": 200, "raw/1.dng": 200, "raw/deep/2.dng": 200, "c.jpg": 404, "a.jpg.xmp": 404, "rawer/x": 404, "rawer/": 404,
		"A.JPG": 404, "raw/../c.jpg": 404, "raw/..%2fc.jpg": 404, "..%2fbeside": 404, "a.jpg/x": 404, "raw/to-c": 404} {
		if resp, text := g.ask("GET", root+path, nil); resp.StatusCode != want && !(want == 404 && resp.StatusCode == 403) || want == 404 && strings.Contains(text, "content of") {
			t.Errorf("%s: %d %.60q, want %d", path, resp.StatusCode, text, want)
		}
	}
	_, packed := g.ask("GET", root+"?zip", nil)
	z, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	h.must(err)
	for _, f := range z.File {
		if strings.Contains(f.Name, "c.jpg") || strings.Contains(f.Name, "rawer") || strings.Contains(f.Name, "xmp") {
			t.Errorf("%s is in the archive", f.Name)
		}
	}
	if len(z.File) < 4 {
		t.Errorf("%d in the archive", len(z.File))
	}
	g.refused(404, "FS-NONE-01", "POST", "/-/api/files/mkdir", m{"path": root + "new"})
	g.refused(403, "ACC-RIGHT-01", "POST", "/-/api/files/mkdir", m{"path": root + "raw/new"})
	if resp, _ := g.ask("PUT", root+"a.jpg", "other"); resp.StatusCode < 400 {
		t.Errorf("it was written to: %d", resp.StatusCode)
	}
	// Whoever follows the folder hears of what is theirs alone.
	events := g.follow("?path=" + strings.TrimSuffix(root, "/"))
	h.write("/files/trip/d.jpg", "x")
	h.write("/files/trip/c.jpg", "x")
	h.write("/files/trip/b.jpg", "longer")
	if got := events.change(); !strings.HasPrefix(got, "put /s/") || !strings.Contains(got, "/b.jpg") {
		t.Error(got)
	}
	events.end()
	// It is a share to look at and download, and stays one.
	anna := h.as("anna")
	for _, preset := range []string{"add", "inbox", "full"} {
		anna.refused(403, "LINK-RIGHT-01", "POST", "/-/api/shares", api.ShareRequest{Path: "/files/trip", Items: []string{"a.jpg"}, Preset: preset})
		anna.refused(403, "LINK-RIGHT-01", "PATCH", "/-/api/shares/"+s.ID, m{"preset": preset})
	}
	// What is gone is gone, and what its maker cannot see cannot be shared.
	h.must(os.Remove(filepath.Join(h.disk, "trip", "a.jpg")))
	h.must(os.Mkdir(filepath.Join(h.disk, "trip", "a.jpg"), 0o755))
	h.put("trip/a.jpg/inside", "content of inside")
	if resp, text := g.ask("GET", root+"a.jpg/inside", nil); resp.StatusCode < 400 || strings.Contains(text, "content of") {
		t.Errorf("a file that became a folder shows what it holds: %d", resp.StatusCode)
	}
	for items, code := range map[string]string{"nothing": "FS-NONE-01", "": "WEB-FORM-01", "raw/deep": "WEB-FORM-01", "..": "WEB-FORM-01", ".": "WEB-FORM-01", "to-c": "FS-NONE-01"} {
		resp, text := anna.ask("POST", "/-/api/shares", api.ShareRequest{Path: "/files/trip", Items: []string{items}})
		if resp.StatusCode < 400 || !strings.Contains(text, code) {
			t.Errorf("%q: %d %s, want %s", items, resp.StatusCode, text, code)
		}
	}
	anna.refused(404, "FS-NONE-01", "POST", "/-/api/shares", api.ShareRequest{Path: "/files/beside", Items: []string{"x"}})
	// It moves with its folder.
	anna.want(200, "POST", "/-/api/files/rename", m{"from": "/files/trip", "to": "/files/journey"}, nil)
	var again api.Share
	anna.want(200, "GET", "/-/api/shares/"+s.ID, nil, &again)
	if !slices.Equal(again.Items, s.Items) {
		t.Errorf("%+v", again)
	}
}
