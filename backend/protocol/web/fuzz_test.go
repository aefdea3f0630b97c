package web

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"portico/backend/protocol/protocoltest"
)

// FuzzPath sends paths as bytes of a request line: a guest never sees what is refused or outside,
// and no spelling breaks the door.
func FuzzPath(f *testing.F) {
	const secret = "NOT FOR GUESTS"
	h := protocoltest.NewHouse(f)
	h.Lay("/files/private/p.txt", []byte(secret))
	h.Lay("/files/open.txt", []byte("open"))
	if err := os.WriteFile(filepath.Join(filepath.Dir(h.Disk["/files"]), "outside.txt"), []byte(secret), 0o644); err != nil {
		f.Fatal(err)
	}
	d := New(Options{Front: NewFront(FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})})
	for _, seed := range []string{
		"/files/open.txt", "/files/private/p.txt", "/files/%70rivate/p.txt", "/files/..%2f..%2foutside.txt", "//files/private/./p.txt",
		"/files/x/..;/private/p.txt", "/s/../files/private/p.txt", "/-/../files/private/p.txt", "/files/private%00/p.txt", "*", "http://x/files/private/?zip",
		"/files/?tar&f=private", "/files/private?ls", "/s/%2e%2e/", "/files/private/p.txt?info", "/-/signin?return=//x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n")))
		if err != nil {
			return
		}
		r.RemoteAddr = "127.0.0.1:1"
		for _, accept := range []string{"", "text/html", "application/json"} {
			r.Header.Set("Accept", accept)
			w := httptest.NewRecorder()
			d.Handler().ServeHTTP(w, r)
			if w.Code >= 500 && w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), secret) {
				t.Fatalf("%q: %d %.200q", target, w.Code, w.Body.String())
			}
			if location := w.Header().Get("Location"); location != "" && (!strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//") || strings.HasPrefix(location, "/\\")) {
				t.Fatalf("%q leads to %q", target, location)
			}
		}
	})
}

// FuzzString: what the listing writes is what any JSON reader reads.
func FuzzString(f *testing.F) {
	for _, seed := range []string{"a", "\x00\"\\</script>", "\u2028", "\xff", "日本\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := appendString(nil, s)
		var got string
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%q: %s: %v", s, text, err)
		}
		if utf8.ValidString(s) && got != s {
			t.Fatalf("%q came back as %q", s, got)
		}
		if strings.ContainsAny(string(text), "<\x00\n") {
			t.Fatalf("%q: %s", s, text)
		}
	})
}
