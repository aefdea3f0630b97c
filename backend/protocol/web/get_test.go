package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portico/backend/share"
	"portico/frontend"
)

func TestGetFile(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("a.txt", "0123456789")
	h.disk("pic.jpg", "\xff\xd8\xff\xe0")
	h.disk("page.html", "<script>alert(1)</script>")
	h.disk("Füße 日本.txt", "unicode")
	h.disk("empty", "")

	a := h.do("GET", "/files/a.txt").want(t, 200, "0123456789")
	a.head(t, "Content-Type", "text/plain; charset=utf-8").head(t, "Accept-Ranges", "bytes").head(t, "X-Content-Type-Options", "nosniff")
	a.head(t, "Content-Length", "10").head(t, "Cache-Control", "private, no-cache")
	tag := a.Header.Get("ETag")
	if len(tag) < 5 || tag[0] != '"' {
		t.Errorf("ETag %q", tag)
	}
	h.do("GET", "/files/a.txt", "If-None-Match: "+tag).want(t, 304)
	h.do("GET", "/files/a.txt", "Range: bytes=2-4").want(t, 206, "234")
	h.do("GET", "/files/a.txt", "Range: bytes=-2").want(t, 206, "89")
	h.do("GET", "/files/a.txt", "Range: bytes=20-").want(t, 416)
	h.do("HEAD", "/files/a.txt").want(t, 200).head(t, "Content-Length", "10")
	h.do("GET", "/files/empty").want(t, 200).head(t, "Content-Length", "0")
	h.do("GET", "/files/F%C3%BC%C3%9Fe%20%E6%97%A5%E6%9C%AC.txt").want(t, 200, "unicode")
	h.do("GET", "/files/pic.jpg").want(t, 200).head(t, "Content-Type", "image/jpeg").head(t, "Content-Disposition", `inline; filename="pic.jpg"`)

	a = h.do("GET", "/files/page.html").want(t, 200)
	if !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(a.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("active content: %v", a.Header)
	}
	a = h.do("GET", "/files/page.html?view").want(t, 200).head(t, "Content-Disposition", `inline; filename="page.html"`)
	if !strings.HasPrefix(a.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("a view without sandbox: %v", a.Header)
	}
	h.do("GET", "/files/a.txt?dl").want(t, 200).head(t, "Content-Disposition", `attachment; filename="a.txt"`)
	h.do("GET", "/files/a.txt?dl=..%2f..%2fother%0d%0aX:y.txt").want(t, 200).head(t, "Content-Disposition", `attachment; filename="other__X:y.txt"`)

	h.disk("a.txt", "changed!!!")
	if b := h.do("GET", "/files/a.txt", "If-None-Match: "+tag).want(t, 200, "changed!!!"); b.Header.Get("ETag") == tag {
		t.Error("the same tag for other content")
	}
}

// TestSlash: a folder without a slash sends browsers to the one with it; a file with a slash is none.
func TestSlash(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a.txt", "x")
	h.do("GET", "/files/sub?page=2", asBrowser, mozilla).want(t, 308).head(t, "Location", "/files/sub/?page=2")
	h.do("GET", "/files/sub").want(t, 200, "a.txt")
	h.do("GET", "/files/sub?ls").want(t, 200, `"a.txt"`)
	h.do("GET", "/files/sub/a.txt/").want(t, 404)
	h.do("GET", "/files/sub/a.txt/", asBrowser).want(t, 404, "<html")
	key := h.Share(share.NewShare{Path: "/files/sub"})
	h.do("GET", "/S/"+strings.ToUpper(key)+"?x=1").want(t, 308).head(t, "Location", "/S/"+strings.ToUpper(key)+"/?x=1")
	h.do("PUT", "/s/"+key, ">x").want(t, 308)
	h.do("GET", "/s/"+key+"/").want(t, 200, "a.txt\n")
}

// TestHardPaths: decoded once, cleaned by the core alone, never out of the tree.
func TestHardPaths(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("a.txt", "plain")
	h.disk("100%.txt", "percent")
	h.disk("%41.txt", "literal")
	h.disk(`back\slash.txt`, "backslash")
	h.disk("q?#;=&+.txt", "marks")
	for path, want := range map[string]string{
		"/files/../files/a.txt":               "200 plain",
		"/files/%2e%2e/files/a.txt":           "200 plain",
		"/files%2fa.txt":                      "200 plain",
		"//files///a.txt":                     "200 plain",
		"/files/./a.txt":                      "200 plain",
		"/../../../etc/passwd":                "4",
		"/files/../../../../etc/passwd":       "4",
		"/files/%2e%2e%2f%2e%2e%2fetc":        "4",
		"/files/..%5c..%5cetc":                "4",
		"/files/%252e%252e/a.txt":             "4",
		"/files/100%25.txt":                   "200 percent",
		"/files/%2541.txt":                    "200 literal",
		"/files/%41.txt":                      "4",
		"/files/a.txt%00":                     "4",
		"/files/%ff%fe":                       "4",
		"/files/q%3F%23%3B%3D%26%2B.txt":      "200 marks",
		"/x/../-/health":                      "4",
		"/files/" + strings.Repeat("a", 5000): "4",
	} {
		a := h.do("GET", path)
		got := fmt.Sprint(a.StatusCode, " ", a.body)
		if !strings.HasPrefix(got, want) || strings.Contains(a.body, "root:") {
			t.Errorf("%s: %.100s, want %s", path, got, want)
		}
	}
}

func TestListingForms(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/IMG_10.jpg", "123")
	h.disk("sub/IMG_9.jpg", "12")
	h.disk("sub/deep/x", "")
	h.disk("sub/evil<\"\\\n\x1b[31m.txt", "1")

	var l struct {
		Path, Title, Host, Rights string
		Free                      int64
		Folders, Files, Bytes     int64
		Identity                  struct{ Kind, Name string }
		Entries                   []struct {
			N, K, V, R string
			S, T       int64
		}
	}
	a := h.do("GET", "/files/sub/", "Accept: application/json").want(t, 200).head(t, "Content-Type", "application/json")
	if err := json.Unmarshal([]byte(a.body), &l); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	if l.Path != "/files/sub/" || l.Title != "sub" || l.Host != "Studio laptop" || l.Rights != "r" || l.Free != -1 || l.Folders != 1 || l.Files != 3 || l.Bytes != 6 || l.Identity.Kind != "guest" {
		t.Errorf("%+v", l)
	}
	var names []string
	for _, e := range l.Entries {
		names = append(names, e.K+e.N)
		if e.K == "f" && (e.T < 1e12 || e.V == "") {
			t.Errorf("%+v", e)
		}
	}
	if got := strings.Join(names, "|"); got != "ddeep|fevil<\"\\\n\x1b[31m.txt|fIMG_9.jpg|fIMG_10.jpg" {
		t.Errorf("entries %q", got)
	}
	if strings.Contains(a.body, "<") {
		t.Error("a bare < in the listing")
	}

	h.do("GET", "/files/sub/", "User-Agent: curl/8.0", "Accept: */*").want(t, 200).head(t, "Content-Type", "text/plain; charset=utf-8")
	if got := h.mustCurl(h.url + "/files/sub/"); got != "deep/\nevil<\"\\??[31m.txt\nIMG_9.jpg\nIMG_10.jpg\n" {
		t.Errorf("curl: %q", got)
	}
	a = h.do("GET", "/files/sub/", asBrowser, mozilla).want(t, 200, "IMG_9.jpg", "Studio laptop")
	if !strings.Contains(a.Header.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(a.body, "evil<") {
		t.Errorf("page: %v", a.Header)
	}
	h.do("GET", "/files/sub/", asBrowser, "User-Agent: curl/8.0").head(t, "Content-Type", "text/plain; charset=utf-8")
	h.do("HEAD", "/files/sub/", "Accept: application/json").want(t, 200)
	h.do("GET", "/files/missing/", "Accept: application/json").want(t, 404, `"code":"FS-NONE-01"`).head(t, "Content-Type", "application/problem+json")
	h.do("GET", "/files/missing/").want(t, 404, "[FS-NONE-01]\n")
	h.do("GET", "/files/sub/IMG_9.jpg?info").want(t, 200, `"n":"IMG_9.jpg"`, `"record":{`, `"path":"/files/sub/"`)
	h.do("GET", "/files/sub?info").want(t, 200, `"n":"sub"`)
}

// TestCopypartyListing follows specs/copyparty-http.md, 5.1.
func TestCopypartyListing(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a b.tar.GZ", "123")
	h.disk("sub/noext", "1")
	h.disk("sub/.hidden", "1")
	h.disk("sub/deep/x", "")
	h.disk("sub/x.averyveryverylongextension", "")
	var l struct {
		Dirs, Files []struct {
			Lead, Href, Ext string
			Sz, Ts          int64
			Tags            map[string]any
		}
		Taglist []string
		Srvinf  string
		Acct    string
		Perms   []string
		Cfg     map[string]any
		Logues  []string
		Readmes []string
		Fnugg   string
	}
	a := h.do("GET", "/files/sub/?ls", "fnugg: 7", "@alice").want(t, 200).head(t, "Content-Type", "application/json")
	if !strings.HasSuffix(a.body, "}\n") || strings.HasSuffix(a.body, "\n\n") {
		t.Error("not exactly one newline at the end")
	}
	if err := json.Unmarshal([]byte(a.body), &l); err != nil {
		t.Fatal(err)
	}
	if len(l.Dirs) != 1 || l.Dirs[0].Href != "deep/" || l.Dirs[0].Ext != "---" || !strings.Contains(l.Dirs[0].Lead, `href="deep/?zip"`) {
		t.Errorf("dirs %+v", l.Dirs)
	}
	byName := map[string]string{}
	for _, f := range l.Files {
		byName[f.Href] = fmt.Sprint(f.Lead, f.Ext, f.Sz)
		if f.Ts < 1e9 || f.Tags != nil {
			t.Errorf("%+v", f)
		}
	}
	if len(byName) != 3 || byName["a%20b.tar.GZ"] != "-GZ3" || byName["noext"] != "-%1" || byName["x.averyveryverylongextension"] != "-averyveryverylon0" {
		t.Errorf("files %v", byName)
	}
	if l.Acct != "alice" || strings.Join(l.Perms, " ") != "read write move delete get" || l.Fnugg != "7" || len(l.Logues) != 2 || len(l.Readmes) != 2 || l.Taglist == nil || len(l.Cfg) < 17 {
		t.Errorf("%+v", l)
	}
	if !strings.Contains(l.Srvinf, "</span> // <span>") || !strings.Contains(l.Srvinf, " free of ") {
		t.Errorf("srvinf %q", l.Srvinf)
	}
	h.do("GET", "/files/sub/?ls&dots", "@alice").want(t, 200, ".hidden")
	h.do("GET", "/files/sub/?ls").want(t, 200, `"acct":"*"`)
	h.do("GET", "/files/sub/deep?ls").want(t, 200, `"dirs":[]`)
	text := h.do("GET", "/files/sub/?ls=t", "@alice").want(t, 200, "# acct: alice\n# perms: ['read', 'write', 'move', 'delete', 'get']\n# srvinf: Studio laptop // ").body
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != 7 || !strings.HasSuffix(lines[3], "  deep/") || len(lines[3]) < 21 || lines[4][10] != ' ' {
		t.Errorf("%q", text)
	}
	h.do("GET", "/files/sub/?ls=v").want(t, 200, "\x1b[", "a b.tar.GZ")
	// who may only add sees the same shape, empty
	h.do("GET", "/files/inbox/?ls", "@bob").want(t, 200, `"dirs":[],"files":[]`, `"perms":["write"]`)
}

func TestRightsOnReading(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("private/secret.txt", "secret")
	h.disk("inbox/theirs.txt", "x")
	// nobody signed in
	h.do("GET", "/files/private/secret.txt").want(t, 401).head(t, "WWW-Authenticate", `Basic realm="Portico", charset="UTF-8"`)
	a := h.do("GET", "/files/private/", asBrowser, mozilla).want(t, 401, "<form", `value="/files/private/"`)
	a.head(t, "WWW-Authenticate", "")
	h.do("GET", "/files/private/", "Accept: application/json", mozilla).want(t, 401).head(t, "WWW-Authenticate", "")
	// signed in, no right
	h.do("GET", "/files/private/secret.txt", "@bob").want(t, 403)
	h.do("GET", "/files/private/secret.txt", "@alice").want(t, 200, "secret")
	// wrong secrets
	h.do("GET", "/files/a.txt", "Authorization: Basic eDp5").want(t, 401)
	h.do("GET", "/files/", "Authorization: Bearer nonsense").want(t, 401)
	h.do("GET", "/files/", "Authorization: Digest x").want(t, 401)
	h.do("GET", "/files/", "PW: nonsense").want(t, 200)
	h.do("GET", "/files/?pw=nonsense2").want(t, 200)
	h.do("GET", "/files/", "Cookie: portico=nonsense").want(t, 200)
	// a password alone
	h.do("GET", "/files/private/secret.txt", "PW: alice-password").want(t, 200, "secret")
	h.do("GET", "/files/private/secret.txt?pw=alice-password").want(t, 200, "secret")
	// an inbox
	h.do("GET", "/files/inbox/", "@bob", asBrowser, mozilla).want(t, 200, `name="f"`)
	h.do("GET", "/files/inbox/theirs.txt", "@bob").want(t, 404)
}

func TestManyRangesAndLongListings(t *testing.T) {
	h := newHouse(t, nil)
	for i := range 1200 {
		h.disk(fmt.Sprintf("many/f%04d.txt", i), "")
	}
	row := func(n int) string { return fmt.Sprintf(`href="f%04d.txt"`, n) }
	a := h.do("GET", "/files/many/?page=2", asBrowser, mozilla).want(t, 200, row(frontend.PageSize), row(2*frontend.PageSize-1), "?page=3")
	if strings.Contains(a.body, row(frontend.PageSize-1)) || strings.Contains(a.body, row(2*frontend.PageSize)) {
		t.Error("page 2 holds other pages' entries")
	}
	h.do("GET", "/files/many/?page=99999", asBrowser, mozilla).want(t, 200, "f1199.txt")
	h.do("GET", "/files/many/?page=-1", asBrowser, mozilla).want(t, 200, "f0000.txt")
	// pages show folders first, programs get one order by name
	h.disk("many/zeta/x.txt", "")
	if a := h.do("GET", "/files/many/", asBrowser, mozilla).want(t, 200, `href="zeta/"`, row(0)); strings.Index(a.body, `href="zeta/"`) > strings.Index(a.body, row(0)) {
		t.Error("a folder stands behind files")
	}
	if a := h.do("GET", "/files/many/", "Accept: application/json").want(t, 200, `"zeta"`); strings.Index(a.body, `"zeta"`) < strings.Index(a.body, `"f1199.txt"`) {
		t.Error("the listing for programs is not by name")
	}
	req, _ := http.NewRequest("GET", h.url+"/files/many/", nil)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Accept-Encoding", "gzip")
	if a := h.send(req); a.Header.Get("Content-Encoding") != "gzip" || len(a.body) > 60000 {
		t.Errorf("%v, %d bytes", a.Header, len(a.body))
	}
	if out := h.mustCurl("--compressed", "-H", "Accept: application/json", h.url+"/files/many/"); !json.Valid([]byte(out)) || strings.Count(out, `"n":`) != 1201 {
		t.Errorf("curl --compressed: %d bytes", len(out))
	}
}
