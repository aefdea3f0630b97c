package api_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/api"
)

func TestHalfACharacterIsRefused(t *testing.T) {
	h := open(t)
	h.put("x", "1")
	anna := h.as("anna")
	for _, text := range []string{`\ud800`, `a\uDFFFb`, `\ud83d`, `\ud83d\ud83d`, `\ude00\ud83d`, `\ud83dx`, `\ud83d\n`, `\ud83d\\ude00`, `\\\ud800`, `\ud83d\ude00\ud83d`} {
		p := anna.refused(400, "WEB-FORM-01", "POST", "/-/api/files/mkdir", `{"path":"/files/`+text+`"}`)
		if len(p.Errors) == 0 || !strings.Contains(p.Errors[0].Text, "half of a character") {
			t.Errorf("%s: %+v", text, p)
		}
	}
	if list, err := os.ReadDir(h.disk); err != nil || len(list) == 0 {
		t.Error(err)
	} else {
		for _, e := range list {
			if strings.ContainsRune(e.Name(), '\uFFFD') {
				t.Errorf("%q was made", e.Name())
			}
		}
	}
	for text, name := range map[string]string{`\ud83d\uDE00`: "😀", `\u00e4`: "ä", `\ufffd`: "\uFFFD", `\ud7ff\ue000`: "\uD7FF\uE000"} {
		anna.want(200, "POST", "/-/api/files/mkdir", `{"path":"/files/`+text+`"}`, nil)
		if !h.exists(name) {
			t.Errorf("%s did not become %q", text, name)
		}
	}
	// An escaped backslash is not the beginning of an escape.
	if _, answer := anna.ask("POST", "/-/api/files/mkdir", `{"path":"/files/\\ud800"}`); strings.Contains(answer, "half of a character") {
		t.Error(answer)
	}
}

func TestALinkThatLeadsOutIsNotShared(t *testing.T) {
	h := open(t)
	h.put("photos/x", "1")
	outside := t.TempDir()
	for name, to := range map[string]string{"out": outside, "gone": filepath.Join(outside, "nothing")} {
		if err := os.Symlink(to, filepath.Join(h.disk, name)); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
		p := h.as("anna").refused(422, "LINK-EDGE-01", "POST", "/-/api/shares", api.ShareRequest{Path: "/files/" + name})
		if !strings.Contains(p.Detail, "“"+name+"”") || p.Next == "" {
			t.Errorf("%+v", p)
		}
	}
	h.must(os.Symlink("photos", filepath.Join(h.disk, "in")))
	h.as("anna").want(200, "POST", "/-/api/shares", api.ShareRequest{Path: "/files/in"}, nil)
	var list api.ShareList
	if h.as("anna").want(200, "GET", "/-/api/shares", nil, &list); len(list.Shares) != 1 {
		t.Errorf("%+v", list.Shares)
	}
}
