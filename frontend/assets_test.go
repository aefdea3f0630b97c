package frontend

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func packed(t *testing.T, text string) []byte {
	t.Helper()
	rec := httptest.NewRecorder()
	z := gzip.NewWriter(rec)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return rec.Body.Bytes()
}

func handlerOver(t *testing.T, files fs.FS) http.Handler {
	t.Helper()
	s := &site{files: files}
	return &assetHandler{site: s, tags: func() map[string]string { return tags(s) }}
}

func get(h http.Handler, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestAssetHandler(t *testing.T) {
	const text = "const a = 1; // long enough to be packed"
	h := handlerOver(t, fstest.MapFS{
		"page-abc.js":    {Data: []byte(text)},
		"page-abc.js.gz": {Data: packed(t, text)},
		"page-abc.js.br": {Data: []byte("brotli")},
		"icon-abc.png":   {Data: []byte("png")},
		"app.json":       {Data: []byte("{}")},
	})
	for _, c := range []struct {
		accept, encoding, body string
	}{
		{"gzip, deflate", "gzip", string(packed(t, text))},
		{"gzip, deflate, br, zstd", "br", "brotli"},
		{"GZIP;q=0.5", "gzip", string(packed(t, text))},
		{"br;q=0, gzip; q=0.0", "", text},
		{"", "", text},
		{"identity", "", text},
	} {
		got := get(h, http.MethodGet, "/-/app/page-abc.js", "Accept-Encoding", c.accept)
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		head := got.Header
		if got.StatusCode != 200 || head.Get("Content-Encoding") != c.encoding || string(body) != c.body {
			t.Errorf("%q: %d %q %q", c.accept, got.StatusCode, head.Get("Content-Encoding"), body)
		}
		if head.Get("Content-Type") != "text/javascript; charset=utf-8" || head.Get("Cache-Control") != "public, max-age=31536000, immutable" ||
			head.Get("X-Content-Type-Options") != "nosniff" || head.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: headers %v", c.accept, head)
		}
		again := get(h, http.MethodGet, "/-/app/page-abc.js", "Accept-Encoding", c.accept, "If-None-Match", head.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%q: the same again gives %d", c.accept, again.StatusCode)
		}
	}
	for path, want := range map[string]int{
		"/-/app/icon-abc.png": 200, "/-/app/page-abc.js.gz": 404, "/-/app/app.json": 404, "/-/app/": 404,
		"/-/app/../app/icon-abc.png": 404, "/-/app/nothing.js": 404,
	} {
		if got := get(h, http.MethodGet, path); got.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, got.StatusCode, want)
		}
	}
	if got := get(h, http.MethodPost, "/-/app/icon-abc.png"); got.StatusCode != 405 || got.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", got.StatusCode, got.Header.Get("Allow"))
	}
	if got := get(h, http.MethodHead, "/-/app/icon-abc.png"); got.StatusCode != 200 || got.ContentLength > 3 {
		t.Errorf("HEAD: %d", got.StatusCode)
	}
}

func TestWithoutBuiltFiles(t *testing.T) {
	s := &site{err: ErrNotBuilt, plain: bundle(styles, "src/lib/ui")}
	if len(s.plain) < 10_000 {
		t.Fatalf("the plain style has only %d bytes", len(s.plain))
	}
	h := &assetHandler{site: s, tags: func() map[string]string { return tags(s) }}
	got := get(h, http.MethodGet, "/-/app/plain.css")
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/css; charset=utf-8" || got.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	if got := get(h, http.MethodGet, "/-/app/page.js"); got.StatusCode != 404 {
		t.Errorf("a file that was not built: %d", got.StatusCode)
	}
	if _, err := readBuilt(fstest.MapFS{}); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("an empty build: %v", err)
	}
	if _, err := readBuilt(fstest.MapFS{"app.json": {Data: []byte("{")}}); err == nil || errors.Is(err, ErrNotBuilt) {
		t.Errorf("a broken build: %v", err)
	}
}

// TestBuiltFiles holds what was built against what pages refer to; without a build there is nothing to hold.
func TestBuiltFiles(t *testing.T) {
	if errors.Is(Built(), ErrNotBuilt) {
		if entries, err := fs.ReadDir(Assets(), "."); err != nil || len(entries) > 0 {
			t.Errorf("nothing was built, yet there is %v, %v", entries, err)
		}
		return
	}
	if Built() != nil {
		t.Fatal(Built())
	}
	b := load().built
	names := []string{b.Script, b.Style, b.Later, b.Inbox}
	for _, name := range b.Icons {
		names = append(names, name)
	}
	for _, list := range b.Preload {
		names = append(names, list...)
	}
	h := AssetHandler()
	for _, name := range names {
		if got := get(h, http.MethodGet, Prefix+name); got.StatusCode != 200 {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
	}
	for _, kind := range []string{"folder", "inbox"} {
		if len(b.Preload[kind]) == 0 {
			t.Errorf("nothing is preloaded for %s", kind)
		}
	}
}

// TestFirstView weighs what a phone loads before it sees a full page of rows, compressed as on plain HTTP.
func TestFirstView(t *testing.T) {
	const limit = 45_000
	if Built() != nil {
		t.Skip("nothing was built")
	}
	b := load().built
	names := append([]string{b.Script, b.Style}, b.Preload[KindFolder]...)
	total := 0
	for _, name := range names {
		body, err := fs.ReadFile(Assets(), name+".gz")
		if err != nil {
			t.Fatal(err)
		}
		total += len(body)
	}
	p := folderPage()
	p.Entries, p.Pages = nil, 9
	for i := range PageSize {
		name := fmt.Sprintf("Holiday %d DSC_%05d.jpg", i%7, i*7919%100_000)
		if i%3 == 0 {
			name = fmt.Sprintf("Report %d of group %d.pdf", i*i%997, i%13)
		}
		p.Entries = append(p.Entries, Row{
			Name: name, Href: p.Path + strings.ReplaceAll(name, " ", "%20"), Kind: "f",
			Size: int64(i) * 7919 * 104729 % 40_000_000, Modified: time.Unix(1_700_000_000+int64(i)*86_399*13, 0),
		})
	}
	page := len(packed(t, render(t, p)))
	if total += page; total > limit {
		t.Errorf("the first view weighs %d bytes, %d of them HTML; the limit is %d", total, page, limit)
	}
	t.Logf("first view: %d bytes, %d of them HTML", total, page)
}
