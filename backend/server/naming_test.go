package server

import (
	"slices"
	"strings"
	"testing"

	"portico/backend/protocol/web"
)

func TestMountAt(t *testing.T) {
	reserved := func(s string) bool { return slices.Contains([]string{"-", "s", "api", "api-2"}, strings.ToLower(s)) }
	for _, c := range []struct {
		folder string
		taken  []string
		path   string
		warns  bool
	}{
		{"/home/ada/photos", nil, "/photos", false},
		{"/home/ada/photos", []string{"/photos"}, "/photos-2", true},
		{"/home/ada/photos", []string{"/photos", "/photos-2"}, "/photos-3", true},
		{"/srv/S", nil, "/S-1", true},
		{"/srv/-", nil, "/--1", true},
		{"/srv/api", nil, "/api-1", true},
		{"/srv/api", []string{"/api-1"}, "/api-3", true}, // -2 is reserved as well
		{"/", nil, "/root", false},
		{"/srv/two words", nil, "/two words", false},
	} {
		path, why := mountAt(c.folder, func(p string) bool { return slices.Contains(c.taken, p) }, reserved)
		if path != c.path || (why != "") != c.warns {
			t.Errorf("mountAt(%q, taken %q) = %q, %q; want %q, warning %v", c.folder, c.taken, path, why, c.path, c.warns)
		}
		if c.warns && !strings.Contains(why, path) {
			t.Errorf("the warning %q does not name %q", why, path)
		}
	}
}

func TestVolumeName(t *testing.T) {
	taken := func(n string) bool { return n == "photos" || n == "root" }
	for path, want := range map[string]string{"/": "root-2", "/photos": "photos-2", "/a/b": "a-b"} {
		if got := volumeName(path, taken); got != want {
			t.Errorf("volumeName(%q) = %q, want %q", path, got, want)
		}
	}
}

// TestReservedAsYet: what is said to stand stands, and what is kept for later answers nothing.
func TestReservedAsYet(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	for _, r := range web.Reserved() {
		code, _ := get(t, s, "/"+r.Segment+"/")
		if r.Later && code != 404 {
			t.Errorf("/%s/ answers %d: it is not for later any more", r.Segment, code)
		}
	}
	for _, path := range []string{"/-/health", "/-/api/session"} {
		wantStatus(t, s, path, 200)
	}
}
