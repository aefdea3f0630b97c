package api_test

import (
	"bytes"
	"encoding/json"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/backend/api"
)

// want lists what the house promises; a new operation gets a line here and a story elsewhere.
func promised() []string {
	return []string{
		"GET /-/api/activity", "GET /-/api/activity.csv", "GET /-/api/doors", "PATCH /-/api/doors/{name}", "GET /-/api/network", "PUT /-/api/network",
		"GET /-/api/asking", "POST /-/api/asking/{id}", "GET /-/api/shares/{id}/answers", "DELETE /-/api/shares/{id}/answers/{answer}",
		"GET /-/api/accounts", "POST /-/api/accounts/{id}/smb", "DELETE /-/api/accounts/{id}/smb", "GET /-/api/people", "PATCH /-/api/people/{id}", "DELETE /-/api/people/{id}", "GET /-/api/diagnosis", "POST /-/api/diagnosis/{code}/fix",
		"GET /-/api/settings", "PATCH /-/api/settings",
		"GET /-/api/networks", "PATCH /-/api/networks/{id}", "DELETE /-/api/networks/{id}", "GET /-/api/peers",
		"GET /-/api/desktop/clipboard", "POST /-/api/desktop/clipboard", "GET /-/api/desktop/preferences", "PATCH /-/api/desktop/preferences",
		"POST /-/api/desktop/open", "POST /-/api/desktop/pick", "POST /-/api/desktop/quit", "POST /-/api/desktop/reveal",
		"POST /-/api/desktop/text", "POST /-/api/desktop/window",
		"POST /-/api/files/batch", "POST /-/api/files/copy", "POST /-/api/files/mkdir", "POST /-/api/files/preflight",
		"POST /-/api/files/text", "POST /-/api/desktop/share", "POST /-/api/files/remove", "POST /-/api/files/rename", "POST /-/api/files/restore",
		"DELETE /-/api/session", "GET /-/api/session", "POST /-/api/session",
		"GET /-/api/shares", "POST /-/api/shares",
		"DELETE /-/api/shares/{id}", "GET /-/api/shares/{id}", "PATCH /-/api/shares/{id}",
		"GET /-/api/status", "GET /-/api/batches", "DELETE /-/api/batches/{id}", "POST /-/api/batches/{id}/undo", "GET /-/api/transfers", "DELETE /-/api/transfers/{id}", "POST /-/api/unlock", "GET /-/api/volumes", "POST /-/api/volumes/eject", "POST /-/api/volumes/accept",
		"GET /-/events", "GET /-/health", "GET /-/qr", "GET /{path}",
	}
}

type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Tags        []string
		Security    []map[string][]string
		Responses   map[string]struct {
			Content map[string]struct{ Schema map[string]any }
		}
	}
	Components struct{ Schemas map[string]any }
}

func TestDocument(t *testing.T) {
	h := open(t)
	resp, text := h.guest().ask("GET", "/-/api/openapi.json", nil)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	var doc document
	h.must(json.Unmarshal([]byte(text), &doc))
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %s", doc.OpenAPI)
	}
	var got []string
	ids := map[string]bool{}
	for path, verbs := range doc.Paths {
		for verb, op := range verbs {
			got = append(got, strings.ToUpper(verb)+" "+path)
			if op.Summary == "" || op.OperationID == "" || len(op.Tags) != 1 || ids[op.OperationID] {
				t.Errorf("%s %s: %+v", verb, path, op)
			}
			ids[op.OperationID] = true
			// Who may not ask without credentials is told so by a guest's request.
			if verb == "get" && !strings.Contains(path, "{") && path != "/-/events" {
				resp, _ := h.guest().ask("GET", path, nil)
				if needs := len(op.Security) > 0; needs != (resp.StatusCode == 401) {
					t.Errorf("%s: security %v, but a guest gets %d", path, op.Security, resp.StatusCode)
				}
			}
			for status := range op.Responses {
				if content := op.Responses[status].Content; status >= "4" && content["application/problem+json"].Schema == nil {
					t.Errorf("%s %s fails with %s in another form", verb, path, status)
				}
			}
			failure := op.Responses["default"].Content["application/problem+json"].Schema["$ref"]
			if failure != "#/components/schemas/Problem" {
				t.Errorf("%s %s fails with %v", verb, path, failure)
			}
		}
	}
	want := promised()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if strings.Contains(text, "http://") || strings.Contains(text, "https://") && !strings.Contains(text, "https://spec") {
		for _, word := range strings.Fields(text) {
			if strings.Contains(word, "://") && !strings.Contains(word, "192.168.") && !strings.Contains(word, ".local:") && !strings.Contains(word, "ftp://") {
				t.Errorf("the document leads elsewhere: %.80s", word)
			}
		}
	}
	if _, odd := doc.Components.Schemas["ErrorModel"]; odd {
		t.Error("the library's own error is in the document")
	}
}

// TestForeignCheck has the served document judged by a checker that knows nothing of us.
func TestForeignCheck(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	pages := filepath.Join("..", "..", "frontend")
	if _, err := os.Stat(filepath.Join(pages, "node_modules", "@redocly", "openapi-core")); err != nil {
		t.Skip("the tools of the pages are not installed")
	}
	check := func(text string) (string, error) {
		cmd := exec.CommandContext(t.Context(), node, "scripts/document.mjs")
		cmd.Dir, cmd.Stdin = pages, strings.NewReader(text)
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	_, text := open(t).guest().ask("GET", "/-/api/openapi.json", nil)
	if said, err := check(text); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	if said, err := check(strings.Replace(text, `"#/components/schemas/Problem"`, `"#/components/schemas/None"`, 1)); err == nil || !strings.Contains(said, "no-unresolved-refs") {
		t.Errorf("a broken document passed: %s", said)
	}
}

func TestDocumentNeedsNoServer(t *testing.T) {
	text, err := json.Marshal(api.Document())
	if err != nil || len(text) < 1000 {
		t.Fatalf("%v %d", err, len(text))
	}
}

func TestPictures(t *testing.T) {
	h := open(t)
	g := h.guest()
	const u = "?u=http://192.168.1.20:3923/s/k7qf2mzx"
	for form, kind := range map[string]string{"": "image/svg+xml", "&f=svg": "image/svg+xml", "&f=png": "image/png", "&f=txt": "text/plain; charset=utf-8"} {
		resp, text := g.ask("GET", "/-/qr"+u+form, nil)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != kind || len(text) == 0 {
			t.Errorf("%q: %d %v", form, resp.StatusCode, resp.Header)
		}
		if kind == "image/png" {
			if _, err := png.Decode(bytes.NewReader([]byte(text))); err != nil {
				t.Error(err)
			}
		}
	}
	for _, query := range []string{"", "?u=", "?u=hello", "?u=javascript:alert(1)", "?u=data:text/html,x", "?u=http://", "?u=http://me:secret@x/",
		u + "&f=gif", "?u=http://x/" + strings.Repeat("y", 2000)} {
		g.refused(422, "WEB-FORM-01", "GET", "/-/qr"+query, nil)
	}
}

// TestListingsAreAsDocumented reads what the web door answers with the types of the document.
func TestListingsAreAsDocumented(t *testing.T) {
	h := open(t)
	h.put("open/a.txt", "hello")
	h.put("open/empty", "")
	h.put("open/sub/x", "1")
	h.write("/files/open/known.txt", "told")
	for path, want := range map[string]int{"/files/open/": 4, "/files/open/sub/": 1, "/": 1, "/files/open/known.txt?info": 1, "/files/open/sub?info": 1} {
		_, text := h.guest().ask("GET", path, nil, "Accept", "application/json")
		dec := json.NewDecoder(strings.NewReader(text))
		dec.DisallowUnknownFields()
		var l api.Listing
		if err := dec.Decode(&l); err != nil {
			t.Fatalf("%s: %v: %s", path, err, text)
		}
		if len(l.Entries) != want || l.Identity.Kind != "guest" || l.Path == "" {
			t.Errorf("%s: %+v", path, l)
		}
		for _, e := range l.Entries {
			if e.Name == "" && path != "/" || e.Kind == "" {
				t.Errorf("%s: %+v", path, e)
			}
		}
		if strings.HasPrefix(path, "/files/open/known") && (l.Record == nil || l.Record.By != "" || l.Record.Door != "" || len(l.Record.SHA256) != 64) {
			t.Errorf("%+v", l.Record)
		}
	}
}
