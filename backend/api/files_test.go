package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"portico/backend/api"
)

type m = map[string]any

func TestAnAccountArranges(t *testing.T) {
	h := open(t)
	anna := h.as("anna")
	var made api.Placed
	anna.want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/a/b", "parents": true}, &made)
	if made.Path != "/files/a/b" || made.Entry.Name != "b" || made.Entry.Kind != "d" || made.Entry.Rights != "" {
		t.Errorf("%+v", made)
	}
	anna.refused(409, "FS-NAME-02", "POST", "/-/api/files/mkdir", m{"path": "/files/a/b"})
	anna.want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/a/b", "parents": true}, nil)

	h.put("a/cat.jpg", "meow")
	anna.want(200, "POST", "/-/api/files/rename", m{"from": "/files/a/cat.jpg", "to": "/files/a/b/dog.jpg"}, &made)
	if made.Path != "/files/a/b/dog.jpg" || made.Entry.Size != 4 || made.Entry.Kind != "f" || made.Entry.Version == "" {
		t.Errorf("%+v", made)
	}
	h.put("a/cat.jpg", "again")
	anna.refused(409, "FS-NAME-02", "POST", "/-/api/files/rename", m{"from": "/files/a/cat.jpg", "to": "/files/a/b/dog.jpg"})
	anna.want(200, "POST", "/-/api/files/copy", m{"from": "/files/a/cat.jpg", "to": "/files/a/b/dog.jpg", "onExist": "keep"}, &made)
	if made.Path != "/files/a/b/dog (2).jpg" || !h.exists("a/cat.jpg") {
		t.Errorf("%+v", made)
	}
	anna.want(200, "POST", "/-/api/files/rename", m{"from": "/files/a/cat.jpg", "to": "/files/a/b/dog.jpg", "onExist": "replace"}, &made)
	if made.Entry.Size != 5 || h.exists("a/cat.jpg") {
		t.Errorf("%+v", made)
	}
	anna.refused(404, "FS-NONE-01", "POST", "/-/api/files/rename", m{"from": "/files/nothing", "to": "/files/x"})
}

func TestRemoveTellsWhatWentAndWhatNot(t *testing.T) {
	h := open(t)
	h.put("a/1", "x")
	h.put("a/sub/2", "xyz")
	var out api.RemoveAnswer
	h.as("anna").want(200, "POST", "/-/api/files/remove", m{"paths": []string{"/files/a", "/files/none", "/elsewhere"}}, &out)
	if len(out.Removed) != 1 || out.Removed[0].Files != 2 || out.Removed[0].Bytes != 4 || out.Removed[0].Trash == "" {
		t.Fatalf("%+v", out.Removed)
	}
	if len(out.Failed) != 2 || out.Failed[0].Problem.Code != "FS-NONE-01" || out.Failed[1].Path != "/elsewhere" {
		t.Errorf("%+v", out.Failed)
	}
	if h.exists("a") {
		t.Error("it is still there")
	}
	h.as("bert").refused(404, "FS-NONE-01", "POST", "/-/api/files/restore", m{"path": "/files/a", "trash": out.Removed[0].Trash})
	var back api.Placed
	h.as("anna").want(200, "POST", "/-/api/files/restore", m{"path": "/files/a", "trash": out.Removed[0].Trash}, &back)
	if back.Path != "/files/a" || !h.exists("a/sub/2") {
		t.Errorf("%+v", back)
	}
}

func TestBatchStopsOrGoesOn(t *testing.T) {
	h := open(t)
	h.put("one", "1")
	ops := []m{
		{"op": "mkdir", "path": "/files/new"},
		{"op": "rename", "from": "/files/one", "to": "/files/new/one"},
		{"op": "copy", "from": "/files/none", "to": "/files/new/none"},
		{"op": "remove", "path": "/files/new/one"},
	}
	var out api.BatchAnswer
	h.as("anna").want(200, "POST", "/-/api/files/batch", m{"ops": ops}, &out)
	if len(out.Done) != 3 || out.Left != 1 || out.Done[2].Problem == nil || out.Done[1].Placed.Path != "/files/new/one" {
		t.Fatalf("%+v", out)
	}
	ops[0], ops[1] = m{"op": "mkdir", "path": "/files/new", "parents": true}, m{"op": "rename", "from": "", "to": "/x"}
	out = api.BatchAnswer{}
	h.as("anna").want(200, "POST", "/-/api/files/batch", m{"ops": ops, "continue": true}, &out)
	if len(out.Done) != 4 || out.Left != 0 || out.Done[1].Problem == nil || out.Done[3].Removed == nil || h.exists("new/one") {
		t.Fatalf("%+v", out)
	}
}

func TestPreflight(t *testing.T) {
	h := open(t)
	h.put("a/same.jpg", "12345")
	h.put("a/sub/other.jpg", "12345")
	h.put("drop/there.jpg", "12345")
	now := time.Now().UnixMilli()
	files := []m{
		{"name": "same.jpg", "size": 5, "modified": now},
		{"name": "sub/other.jpg", "size": 6, "modified": now},
		{"name": "same.jpg", "size": 5, "modified": now - 60_000},
		{"name": "new.jpg", "size": 7, "modified": now},
		{"name": "sub", "size": 7, "modified": now},
	}
	var out api.PreflightAnswer
	h.as("anna").want(200, "POST", "/-/api/files/preflight", m{"folder": "/files/a/", "files": files}, &out)
	var states []string
	for _, f := range out.Files {
		states = append(states, f.State)
	}
	if got := strings.Join(states, " "); got != "same exists exists new exists" {
		t.Errorf("%s", got)
	}
	if !out.Fits || out.Free <= 0 {
		t.Errorf("%+v", out)
	}
	files = append(files, m{"name": "huge", "size": int64(1) << 60, "modified": now})
	h.as("anna").want(200, "POST", "/-/api/files/preflight", m{"folder": "/files/a", "files": files}, &out)
	if out.Fits {
		t.Error("an exabyte fits")
	}
	// Who may only add does not learn what is there.
	h.guest().want(200, "POST", "/-/api/files/preflight", m{"folder": "/files/drop", "files": []m{{"name": "there.jpg", "size": 5, "modified": now}}}, &out)
	if out.Files[0].State != "new" {
		t.Errorf("the drop box says %q", out.Files[0].State)
	}
	for _, name := range []string{"../x", "/x", "a//b", "..", "."} {
		h.as("anna").refused(422, "WEB-FORM-01", "POST", "/-/api/files/preflight", m{"folder": "/files/a", "files": []m{{"name": name, "size": 1, "modified": 0}}})
	}
}

func TestLimitsOfRequests(t *testing.T) {
	h := open(t)
	anna := h.as("anna")
	paths := make([]string, 10_001)
	for i := range paths {
		paths[i] = fmt.Sprint("/files/", i)
	}
	ops := make([]m, len(paths))
	for i := range ops {
		ops[i] = m{"op": "remove", "path": paths[i]}
	}
	deep := strings.Repeat("[", 100_000)
	for name, c := range map[string]struct {
		status int
		code   string
		path   string
		body   any
	}{
		"too many paths":   {422, "WEB-FORM-01", "/-/api/files/remove", m{"paths": paths}},
		"too many ops":     {422, "WEB-FORM-01", "/-/api/files/batch", m{"ops": ops}},
		"no paths":         {422, "WEB-FORM-01", "/-/api/files/remove", m{"paths": []string{}}},
		"too large":        {413, "WEB-LARGE-01", "/-/api/files/mkdir", m{"path": "/" + strings.Repeat("x", 1<<20)}},
		"long path":        {422, "WEB-FORM-01", "/-/api/files/mkdir", m{"path": "/" + strings.Repeat("x", 5000)}},
		"unknown field":    {422, "WEB-FORM-01", "/-/api/files/mkdir", m{"path": "/files/x", "mode": 0o777}},
		"and in capitals":  {400, "WEB-FORM-01", "/-/api/files/mkdir", `{"path":"/files/x","PATH":"/files/y"}`},
		"wrong type":       {422, "WEB-FORM-01", "/-/api/files/mkdir", m{"path": 5}},
		"unknown word":     {422, "WEB-FORM-01", "/-/api/files/copy", m{"from": "/a", "to": "/b", "onExist": "maybe"}},
		"relative":         {422, "WEB-FORM-01", "/-/api/files/mkdir", m{"path": "files/x"}},
		"nul":              {422, "WEB-FORM-01", "/-/api/files/mkdir", m{"path": "/files/x\x00y"}},
		"no JSON":          {400, "WEB-FORM-01", "/-/api/files/mkdir", "path=/files/x"},
		"two values":       {400, "WEB-FORM-01", "/-/api/files/mkdir", `{"path":"/files/x"} {"path":"/files/y"}`},
		"a key twice":      {400, "WEB-FORM-01", "/-/api/files/mkdir", `{"path":"/files/x","path":"/files/y"}`},
		"not UTF-8":        {400, "WEB-FORM-01", "/-/api/files/mkdir", "{\"path\":\"/files/\xff\"}"},
		"nested":           {400, "WEB-FORM-01", "/-/api/files/mkdir", `{"path":` + deep},
		"no body":          {400, "WEB-FORM-01", "/-/api/files/mkdir", nil},
		"unknown question": {422, "WEB-FORM-01", "/-/api/files/mkdir?x=1", m{"path": "/files/x"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			anna.refused(c.status, c.code, "POST", c.path, c.body)
		})
	}
	h.t = t
	anna.refused(415, "WEB-TYPE-01", "POST", "/-/api/files/mkdir", m{"path": "/files/x"}, "Content-Type", "text/plain")
	if h.exists("x") || h.exists("y") {
		t.Error("something was made all the same")
	}
	var out api.RemoveAnswer
	anna.want(200, "POST", "/-/api/files/remove", m{"paths": paths[:10_000]}, &out)
	if len(out.Failed) != 10_000 {
		t.Errorf("%d failed", len(out.Failed))
	}
}
