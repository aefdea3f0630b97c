package server

import (
	"archive/tar"
	"archive/zip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/config"
)

// TestDataFolderIsNotServed: a volume that is the data folder, or lies in it, is refused.
func TestDataFolderIsNotServed(t *testing.T) {
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(data, link); err != nil {
		t.Skip("no links here: ", err)
	}
	for _, folder := range []string{data, filepath.Join(data, "inside"), link, filepath.Join(link, "inside")} {
		for _, given := range []bool{false, true} {
			o := Options{Data: data, Config: config.Defaults(), Version: "test"}
			o.Config.HTTP.Addr = "127.0.0.1:0"
			v := []config.Volume{volume("/vol", folder, "r")}
			if o.Config.Volumes = v; given {
				o.Config.Volumes, o.Volumes = nil, v
			}
			s, err := New(t.Context(), o)
			if err == nil {
				err = s.Start(t.Context())
				if closing := s.Close(); err == nil {
					err = closing
				}
			}
			if err == nil || !strings.Contains(err.Error(), "data folder of Portico") {
				t.Errorf("%s was served, or refused for another cause: %v", folder, err)
			}
		}
	}
	s := start(t, data, nil)
	body, err := json.Marshal(ShareRequest{Folder: filepath.Join(data, "portico.db"), Preset: "view"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(t.Context(), "share.folder", body); err == nil {
		t.Error("the database was shared")
	}
}

// TestDataFolderIsHidden: a volume around the data folder does not show it, in whatever form.
func TestDataFolderIsHidden(t *testing.T) {
	dir := folderWith(t, "x.txt")
	s := start(t, filepath.Join(dir, "data"), func(o *Options) {
		o.Config.Volumes = []config.Volume{volume("/vol", dir, "r")}
	})
	for _, path := range []string{"data", "data/", "data/portico.db", "data/accounts.key", "data/control.token"} {
		wantStatus(t, s, "/vol/"+path, 404)
		wantStatus(t, s, "/vol/"+path+"?info", 404)
	}
	wantStatus(t, s, "/vol/data/?zip", 404)
	if code, body := get(t, s, "/vol/"); code != 200 || !strings.Contains(body, "x.txt") || strings.Contains(body, "/vol/data") {
		t.Errorf("the listing (%d) lacks x.txt or shows the data folder", code)
	}
	_, packed := get(t, s, "/vol/?zip")
	z, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	onlyX(t, "zip", names)
	names = nil
	_, packed = get(t, s, "/vol/?tar")
	for r := tar.NewReader(strings.NewReader(packed)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
	onlyX(t, "tar", names)
}

// onlyX insists that an archive holds x.txt and, besides, at most the folder that it is of.
func onlyX(t *testing.T, kind string, names []string) {
	t.Helper()
	files := 0
	for _, n := range names {
		if strings.HasSuffix(n, "x.txt") {
			files++
		} else if strings.Contains(n, "data") || !strings.HasSuffix(n, "/") {
			t.Errorf("the %s holds %q", kind, n)
		}
	}
	if files != 1 {
		t.Errorf("the %s holds %q", kind, names)
	}
}

// TestDataFolderBehindLinks: a hard link in a served folder that leads to a file of the data folder is
// no way to it, nor is one that is made, or a key that is replaced, while the folder is served.
func TestDataFolderBehindLinks(t *testing.T) {
	base := t.TempDir()
	dir, data := filepath.Join(base, "served"), filepath.Join(base, "data")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := start(t, data, func(o *Options) { o.Config.Volumes = []config.Volume{volume("/vol", dir, "rwmd")} })
	for _, name := range []string{"accounts.key", "portico.db"} {
		if err := os.Link(filepath.Join(data, name), filepath.Join(dir, "harmless-"+name)); err != nil {
			t.Skip("no hard links here: ", err)
		}
		wantStatus(t, s, "/vol/harmless-"+name, 404)
		wantStatus(t, s, "/vol/harmless-"+name+"?info", 404)
	}
	if _, body := get(t, s, "/vol/"); strings.Contains(body, "harmless") {
		t.Error("the listing shows them")
	}
}
