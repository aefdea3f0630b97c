package api_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/api"
)

func TestATextBecomesAFileAndALink(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	h.put("drop/x", "1")
	anna := h.as("anna")
	var out api.TextAnswer
	const text = "Gate code: 4711 \u00e4\n\U0001F600"
	anna.want(200, "POST", "/-/api/files/text", m{"folder": "/files/open", "text": text, "name": "gate.txt", "share": m{"for": "tonight"}}, &out)
	if out.Placed.Path != "/files/open/gate.txt" || out.Share == nil || !out.Share.File || out.Share.Expires == 0 || out.Share.Title != "gate.txt" {
		t.Fatalf("%+v", out)
	}
	if _, got := h.guest().ask("GET", "/s/"+out.Share.Key+"/gate.txt", nil); got != text {
		t.Errorf("%q", got)
	}
	anna.want(200, "POST", "/-/api/files/text", m{"folder": "/files/open/", "text": "other", "name": "gate.txt"}, &out)
	if out.Placed.Path == "/files/open/gate.txt" || !h.exists(strings.TrimPrefix(out.Placed.Path, "/files/")) {
		t.Errorf("%+v", out)
	}
	// Whoever may only add can send a text, and get no link.
	h.guest().want(200, "POST", "/-/api/files/text", m{"folder": "/files/drop", "text": "hello"}, &out)
	if !strings.HasPrefix(out.Placed.Path, "/files/drop/Text 20") {
		t.Errorf("%+v", out)
	}
	h.guest().refused(401, "ACC-SIGN-01", "POST", "/-/api/files/text", m{"folder": "/files/drop", "text": "hello", "share": m{}})
	h.guest().refused(401, "ACC-SIGN-01", "POST", "/-/api/files/text", m{"folder": "/files/open", "text": "hello"})
	for _, name := range []string{"..", "a/b", "a\x00b"} {
		anna.refused(422, "WEB-FORM-01", "POST", "/-/api/files/text", m{"folder": "/files/open", "text": "x", "name": name})
	}
	// No link, no file.
	before, err := os.ReadDir(filepath.Join(h.disk, "open"))
	h.must(err)
	anna.refused(422, "WEB-FORM-01", "POST", "/-/api/files/text", m{"folder": "/files/open", "text": "x", "name": "lost.txt", "share": m{"for": "soon"}})
	after, err := os.ReadDir(filepath.Join(h.disk, "open"))
	h.must(err)
	if len(after) != len(before) {
		t.Errorf("%v became %v", before, after)
	}
}
