package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/share"
)

func TestPut(t *testing.T) {
	h := newHouse(t, nil)
	a := h.do("PUT", "/files/new/deep/a.txt", "@alice", ">hello").want(t, 201, h.url+"/files/new/deep/a.txt\n")
	a.head(t, "Location", "/files/new/deep/a.txt").head(t, "X-Portico-Name", "a.txt").head(t, "X-Portico-Sha256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
	if got, _ := h.onDisk("new/deep/a.txt"); got != "hello" {
		t.Errorf("on disk %q", got)
	}
	tag := a.Header.Get("ETag")
	h.do("GET", "/files/new/deep/a.txt").want(t, 200, "hello").head(t, "ETag", tag)
	h.do("PUT", "/files/new/deep/a.txt", "@alice", ">replaced").want(t, 204)
	if got, _ := h.onDisk("new/deep/a.txt"); got != "replaced" {
		t.Errorf("on disk %q", got)
	}
	h.do("PUT", "/files/time.txt", "@alice", "X-Portico-Modified: 1700000000123", ">x").want(t, 201)
	h.do("PUT", "/files/time2.txt", "@alice", "X-OC-Mtime: 1700000000", ">x").want(t, 201).head(t, "X-OC-MTime", "accepted")
	for name, want := range map[string]int64{"time.txt": 1700000000123, "time2.txt": 1700000000000} {
		info, err := os.Stat(filepath.Join(h.Disk["/files"], name))
		if err != nil || info.ModTime().UnixMilli() != want {
			t.Errorf("%s: %v %v", name, info.ModTime(), err)
		}
	}
	h.do("PUT", "/files/json.txt", "@alice", "Accept: application/json", ">x").want(t, 201, `"url":"/files/json.txt"`, `"created":true`)
	h.do("PUT", "/files/json.txt", "@alice", "Accept: application/json", ">y").want(t, 200, `"created":false`)
	h.do("PUT", "/files/", "@alice", ">x").want(t, 409)
	h.do("PUT", "/files/bad.txt", "@alice", "X-Portico-Exists: maybe", ">x").want(t, 400)
	h.do("PUT", "/files/bad.txt", "@alice", "X-Portico-Modified: yesterday", ">x").want(t, 400)
	h.do("PUT", "/files/bad.txt", "@alice", "X-OC-Mtime: NaN", ">x").want(t, 400)
	h.do("PUT", "/files/bad%00.txt", "@alice", ">x").want(t, 422)
}

func TestPutExists(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("a.txt", "old")
	a := h.do("PUT", "/files/a.txt", "@alice", "X-Portico-Exists: keep", ">new").want(t, 201)
	if loc := a.Header.Get("Location"); loc == "/files/a.txt" || !strings.HasPrefix(loc, "/files/a") {
		t.Errorf("Location %q", loc)
	}
	h.do("PUT", "/files/a.txt", "@alice", "X-Portico-Exists: skip", ">new").want(t, 412)
	h.do("PUT", "/files/b.txt", "@alice", "X-Portico-Exists: skip", ">new").want(t, 201)
	if got, _ := h.onDisk("a.txt"); got != "old" {
		t.Errorf("on disk %q", got)
	}
	// who may only add keeps both
	h.disk("inbox/a.txt", "theirs")
	a = h.do("PUT", "/files/inbox/a.txt", "@bob", ">bob's").want(t, 201)
	if loc := a.Header.Get("Location"); loc == "/files/inbox/a.txt" {
		t.Errorf("Location %q", loc)
	}
	if got, _ := h.onDisk("inbox/a.txt"); got != "theirs" {
		t.Errorf("on disk %q", got)
	}
	h.do("PUT", "/files/inbox/a.txt", "@bob", "X-Portico-Exists: replace", ">x").want(t, 201)
}

// TestPutDeceivingName: a name that shows as another one is refused in words, however it is made.
func TestPutDeceivingName(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("a.txt", "a")
	const name = "/files/photo%E2%80%AEgpj.exe"
	h.do("PUT", name, "@alice", ">x").want(t, 422, "direction", "FS-NAME-01")
	h.do("MKCOL", name, "@alice").want(t, 422, "direction")
	for _, verb := range []string{"MOVE", "COPY"} {
		h.do(verb, "/files/a.txt", "@alice", "Destination: "+h.url+name).want(t, 422, "direction")
	}
	if got := h.names("."); len(got) != 3 {
		t.Errorf("on disk %q", got)
	}
}

// TestPutPiecesTogether: of two pieces that change one file at once the later is refused; what was
// acknowledged stays.
func TestPutPiecesTogether(t *testing.T) {
	h := newHouse(t, nil)
	h.do("PUT", "/files/a", "@alice", ">"+strings.Repeat("a", 20)).want(t, 201)
	body, piece := io.Pipe()
	req, err := http.NewRequest("PUT", h.url+"/files/a", body)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("alice", "alice-password")
	req.Header.Set("Content-Range", "bytes 1-9/20")
	req.ContentLength = 9
	first := make(chan int, 1)
	go func() {
		resp, err := h.client.Do(req)
		if err != nil {
			t.Error(err)
			first <- 0
			return
		}
		resp.Body.Close()
		first <- resp.StatusCode
	}()
	if _, err := piece.Write([]byte("1111")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first has begun", func() bool { return len(h.Tree.Transfers()) == 1 })
	h.do("PUT", "/files/a", "@alice", "Content-Range: bytes 10-19/20", ">2222222222").want(t, 204)
	if _, err := piece.Write([]byte("11111")); err != nil {
		t.Fatal(err)
	}
	piece.Close()
	if status := <-first; status != 412 {
		t.Errorf("the first piece: %d", status)
	}
	if got, _ := h.onDisk("a"); got != "aaaaaaaaaa2222222222" {
		t.Errorf("on disk %q", got)
	}
}

func TestPutConditions(t *testing.T) {
	h := newHouse(t, nil)
	tag := h.do("PUT", "/files/a.txt", "@alice", ">one").want(t, 201).Header.Get("ETag")
	h.do("PUT", "/files/a.txt", "@alice", "If-None-Match: *", ">x").want(t, 412)
	h.do("PUT", "/files/new.txt", "@alice", "If-None-Match: *", ">x").want(t, 201)
	h.do("PUT", "/files/none.txt", "@alice", "If-Match: *", ">x").want(t, 412)
	h.do("PUT", "/files/a.txt", "@alice", `If-Match: "other"`, ">x").want(t, 412)
	h.do("PUT", "/files/a.txt", "@alice", "If-Match: W/"+tag, ">x").want(t, 412)
	next := h.do("PUT", "/files/a.txt", "@alice", `If-Match: "other", `+tag, ">two").want(t, 204).Header.Get("ETag")
	h.do("PUT", "/files/a.txt", "@alice", "If-Match: "+tag, ">x").want(t, 412)
	h.do("PUT", "/files/a.txt", "@alice", "If-Match: "+next, ">three").want(t, 204)
	h.do("DELETE", "/files/a.txt", "@alice", "If-Match: "+next).want(t, 412)
	if got, _ := h.onDisk("a.txt"); got != "three" {
		t.Errorf("on disk %q", got)
	}
}

func TestRightsOnWriting(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("a.txt", "a")
	for _, c := range []struct{ method, path string }{
		{"PUT", "/files/x"}, {"DELETE", "/files/a.txt"}, {"MKCOL", "/files/d"}, {"COPY", "/files/a.txt"}, {"MOVE", "/files/a.txt"}, {"POST", "/files/"},
	} {
		body := []string{"Destination: /files/other"}
		if c.method == "PUT" {
			body = append(body, ">x")
		}
		if c.method == "POST" {
			body = append(body, "Content-Type: application/x-www-form-urlencoded", ">act=mkdir&name=d")
		}
		h.do(c.method, c.path, body...).want(t, 401).head(t, "WWW-Authenticate", `Basic realm="Portico", charset="UTF-8"`)
		h.do(c.method, c.path, append(body, "@bob")...).want(t, 403)
	}
	if got := strings.Join(h.names("."), " "); got != "a.txt inbox private" {
		t.Errorf("on disk: %s", got)
	}
}

// TestExpectContinue: the refusal comes before the body.
func TestExpectContinue(t *testing.T) {
	h := newHouse(t, nil)
	c := h.dial()
	fmt.Fprintf(c, "PUT /files/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n")
	buf := make([]byte, 64)
	n, err := io.ReadAtLeast(c, buf, 12)
	if err != nil || !strings.HasPrefix(string(buf[:n]), "HTTP/1.1 401") {
		t.Fatalf("%q %v", buf[:n], err)
	}
	out := h.mustCurl("-v", "-H", "Expect: 100-continue", "-u", "alice:alice-password", "-T", h.file("up.bin", 3<<20), h.url+"/files/")
	if !strings.Contains(out, "100 Continue") || !strings.Contains(out, "201 Created") {
		t.Errorf("%s", out)
	}
}

// file makes a local file to send.
func (h *house) file(name string, size int) string {
	p := filepath.Join(h.t.TempDir(), name)
	if err := os.WriteFile(p, bytes.Repeat([]byte("x"), size), 0o644); err != nil {
		h.t.Fatal(err)
	}
	return p
}

// TestCutUpload: fewer bytes than announced leave nothing, whatever the connection does then.
func TestCutUpload(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("old.txt", "old")
	const auth = "Authorization: Basic YWxpY2U6YWxpY2UtcGFzc3dvcmQ=\r\n"
	for name, end := range map[string]func(*net.TCPConn){
		"close": func(c *net.TCPConn) { c.Close() },
		"fin":   func(c *net.TCPConn) { c.CloseWrite() },
		"reset": func(c *net.TCPConn) { c.SetLinger(0); c.Close() },
	} {
		for _, header := range []string{"Content-Length: 100000\r\n", "Transfer-Encoding: chunked\r\n"} {
			c := h.dial()
			body := strings.Repeat("y", 5000)
			if strings.HasPrefix(header, "Transfer") {
				body = "1388\r\n" + body + "\r\n"
			}
			fmt.Fprintf(c, "PUT /files/old.txt HTTP/1.1\r\nHost: x\r\n%s%s\r\n%s", auth, header, body)
			eventually(t, "the upload begins", func() bool { return len(h.Tree.Transfers()) == 1 })
			end(c)
			eventually(t, name+": the upload ends", func() bool { return len(h.Tree.Transfers()) == 0 })
			c.Close()
		}
	}
	if got, _ := h.onDisk("old.txt"); got != "old" {
		t.Errorf("on disk %q", got)
	}
	if got := strings.Join(h.names("."), " "); got != "inbox old.txt private" {
		t.Errorf("left behind: %s", got)
	}
	// longer than announced: the rest is another, broken request
	c := h.dial()
	fmt.Fprintf(c, "PUT /files/short.txt HTTP/1.1\r\nHost: x\r\n%sContent-Length: 3\r\n\r\nabcdefgh\r\n\r\n", auth)
	data, _ := io.ReadAll(c)
	if !strings.HasPrefix(string(data), "HTTP/1.1 201") || !strings.Contains(string(data), "HTTP/1.1 400") {
		t.Errorf("%q", data)
	}
	if got, _ := h.onDisk("short.txt"); got != "abc" {
		t.Errorf("on disk %q", got)
	}
}

func TestPutPieces(t *testing.T) {
	h := newHouse(t, nil)
	a := h.do("PUT", "/files/p.bin", "@alice", "Content-Range: bytes 0-3/10", ">0123").want(t, 202)
	id := a.Header.Get("X-Portico-Upload")
	if id == "" {
		t.Fatal("no name for the upload")
	}
	if _, ok := h.onDisk("p.bin"); ok {
		t.Error("half a file is visible")
	}
	h.do("GET", "/files/p.bin").want(t, 404)
	h.do("PUT", "/files/p.bin", "@alice", "X-Portico-Upload: "+id, "Content-Range: bytes 8-9/10", ">89").want(t, 416).head(t, "X-Portico-Offset", "4")
	h.do("PUT", "/files/p.bin", "@bob", "X-Portico-Upload: "+id, "Content-Range: bytes 4-9/10", ">456789").want(t, 404)
	h.do("PUT", "/files/p.bin", "@alice", "X-Portico-Upload: "+id, "Content-Range: bytes 4-6/10", ">456").want(t, 202).head(t, "X-Portico-Offset", "7")
	h.do("PUT", "/files/p.bin", "@alice", "X-Portico-Upload: "+id, "Content-Range: bytes 7-9/10", ">789").want(t, 201)
	if got, _ := h.onDisk("p.bin"); got != "0123456789" {
		t.Errorf("on disk %q", got)
	}
	// in place
	h.do("PUT", "/files/p.bin", "@alice", "Content-Range: bytes 2-3/10", ">xx").want(t, 204)
	h.do("PUT", "/files/p.bin", "@alice", "Content-Range: bytes 10-11/12", ">AB").want(t, 204)
	h.do("PUT", "/files/p.bin", "@alice", "Content-Range: bytes 20-21/*", ">..").want(t, 416)
	h.do("PUT", "/files/p.bin", "@alice", "Content-Range: bytes 12-13/100", ">..").want(t, 416)
	h.do("PUT", "/files/p.bin", "@alice", "Content-Range: bytes 0-9/10", ">..").want(t, 400)
	h.do("PUT", "/files/p.bin", "@alice", "Content-Range: lines 0-1/2", ">..").want(t, 400)
	if got, _ := h.onDisk("p.bin"); got != "01xx456789AB" {
		t.Errorf("on disk %q", got)
	}
	h.do("PUT", "/files/whole.bin", "@alice", "Content-Range: bytes 0-2/3", ">abc").want(t, 201)
}

func TestDeleteAndFolders(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("d/a", "1")
	h.disk("d/e/b", "1")
	h.do("DELETE", "/files/d/a/", "@alice").want(t, 404)
	h.do("DELETE", "/files/d", "@alice").want(t, 200, "deleted 2 files (and 2/2 folders)")
	h.do("DELETE", "/files/d", "@alice").want(t, 404)
	h.do("MKCOL", "/files/m", "@alice").want(t, 201).head(t, "Location", "/files/m/")
	h.do("MKCOL", "/files/m/", "@alice").want(t, 405)
	h.do("MKCOL", "/files/no/m", "@alice").want(t, 409)
	h.do("MKCOL", "/files/m2", "@alice", ">body").want(t, 415)
	h.disk("a.txt", "a")
	h.disk("b.txt", "b")
	h.do("COPY", "/files/a.txt", "@alice", "Destination: /files/c.txt").want(t, 201).head(t, "Location", "/files/c.txt")
	h.do("COPY", "/files/a.txt", "@alice", "Destination: "+h.url+"/files/m/c%20d.txt").want(t, 201)
	h.do("MOVE", "/files/a.txt", "@alice", "Destination: /files/b.txt", "Overwrite: F").want(t, 412)
	h.do("MOVE", "/files/a.txt", "@alice", "Destination: /files/b.txt").want(t, 204)
	h.do("MOVE", "/files/b.txt", "@alice", "Destination: /files/no/b.txt").want(t, 409)
	h.do("MOVE", "/files/b.txt", "@alice").want(t, 400)
	h.do("MOVE", "/files/b.txt", "@alice", "Destination: http://elsewhere.example/x").want(t, 502)
	h.do("MOVE", "/files/b.txt", "@alice", "Destination: /files/b2", "Overwrite: X").want(t, 400)
	h.do("COPY", "/files/m", "@alice", "Destination: /files/n/").want(t, 201)
	if got := strings.Join(h.names("."), " "); got != "b.txt c.txt inbox m n private" {
		t.Errorf("on disk: %s", got)
	}
	if got, _ := h.onDisk("n/c d.txt"); got != "a" {
		t.Errorf("copied folder: %q", got)
	}
	h.do("MOVE", "/files/b.txt", "@alice", "Destination: /files/./b.txt").want(t, 403)
	h.do("MOVE", "/files/m", "@alice", "Destination: /files/m2", "Depth: 0").want(t, 400)
	h.do("COPY", "/files/m", "@alice", "Destination: /files/shallow", "Depth: 0").want(t, 201)
	h.do("COPY", "/files/m", "@alice", "Destination: /files/m/inside").want(t, 409)
	if got := strings.Join(h.names("shallow"), " "); got != "" {
		t.Errorf("a shallow copy holds %s", got)
	}
	h.do("DELETE", "/files/shallow/", "@alice").want(t, 200)
	for _, top := range []string{"/", "/files", "/files/"} {
		for _, method := range []string{"DELETE", "MOVE", "PUT", "MKCOL"} {
			if a := h.do(method, top, "@alice", "Destination: /files/x"); a.StatusCode < 400 {
				t.Errorf("%s %s: %d", method, top, a.StatusCode)
			}
		}
	}
	a := h.do("PROPFIND", "/files/").want(t, 405)
	if !strings.Contains(a.Header.Get("Allow"), "MKCOL") {
		t.Errorf("Allow %q", a.Header.Get("Allow"))
	}
	h.do("FROBNICATE", "/files/").want(t, 405)
	h.do("OPTIONS", "/files/").want(t, 200).head(t, "Allow", allowed)
}

// form builds a multipart body.
func formBody(t *testing.T, build func(*multipart.Writer)) (string, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	build(m)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return ">" + b.String(), "Content-Type: " + m.FormDataContentType()
}

func file(t *testing.T, m *multipart.Writer, name, content string) {
	t.Helper()
	w, err := m.CreatePart(map[string][]string{"Content-Disposition": {fmt.Sprintf(`form-data; name="f"; filename=%q`, name)}})
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestForms(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("a.txt", "old")
	body, kind := formBody(t, func(m *multipart.Writer) {
		file(t, m, "a.txt", "new")
		file(t, m, `C:\fakepath\b.txt`, "b")
		file(t, m, "../../c.txt", "c")
		file(t, m, "", "")
	})
	a := h.do("POST", "/files/", "@alice", "Accept: application/json", kind, body).want(t, 201)
	var got receipts
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || len(got.Files) != 3 || len(got.Failed) != 0 {
		t.Fatalf("%v %s", err, a.body)
	}
	if c, _ := h.onDisk("a.txt"); c != "old" {
		t.Errorf("replaced: %q", c)
	}
	if names := strings.Join(h.names("."), "|"); names != "a (2).txt|a.txt|b.txt|c.txt|inbox|private" {
		t.Errorf("on disk: %s", names)
	}
	// scripts off: back to the folder, with a receipt
	body, kind = formBody(t, func(m *multipart.Writer) {
		_ = m.WriteField("back", "1")
		file(t, m, "d.txt", "d")
		file(t, m, "..", "bad name")
		file(t, m, "e.txt", "e")
	})
	a = h.do("POST", "/files/?page=3", "@alice", asBrowser, kind, body).want(t, 303)
	a.head(t, "Location", "/files/?arrived=2&failed=1")
	h.do("GET", a.Header.Get("Location"), asBrowser).want(t, 200, "2 files arrived.", "1 file was refused.")
	h.do("GET", "/files/?arrived=%3Cscript%3E", asBrowser).want(t, 200)
	// a new folder
	body, kind = formBody(t, func(m *multipart.Writer) {
		_ = m.WriteField("act", "mkdir")
		_ = m.WriteField("back", "1")
		_ = m.WriteField("name", "made here")
	})
	h.do("POST", "/files/", "@alice", kind, body).want(t, 303).head(t, "Location", "/files/?made=1")
	const simple = "Content-Type: application/x-www-form-urlencoded"
	h.do("POST", "/files/", "@alice", simple, ">act=mkdir&name=two").want(t, 201).head(t, "Location", "/files/two/")
	h.do("POST", "/files/", "@alice", simple, ">act=mkdir&name=two").want(t, 409)
	h.do("POST", "/files/", "@alice", simple, ">act=mkdir&name=a/b").want(t, 422)
	h.do("POST", "/files/", "@alice", simple, ">act=explode").want(t, 422)
	h.do("POST", "/files/", "@alice", simple, ">x=y").want(t, 400)
	h.do("POST", "/files/", "@alice", "Content-Type: application/json", ">{}").want(t, 415)
	h.do("POST", "/files/", "@alice", "Content-Type: multipart/form-data", ">{}").want(t, 400)
	h.do("POST", "/files/", "@alice", "Content-Type: multipart/form-data; boundary=x", ">--x\r\nContent-Disposition: form-data; name=f; filename=cut.txt\r\n\r\nhalf").want(t, 400)
	if _, ok := h.onDisk("cut.txt"); ok {
		t.Error("half a file is visible")
	}
	// all refused
	body, kind = formBody(t, func(m *multipart.Writer) { file(t, m, "x.txt", "x") })
	h.do("POST", "/files/", kind, body).want(t, 401)
	// curl, as it is told on the page
	out := h.mustCurl("-u", "bob:bob-password", "-F", "f=@"+h.file("photo 1.jpg", 1000), h.url+"/files/inbox/")
	if out != h.url+"/files/inbox/photo%201.jpg\n" {
		t.Errorf("curl: %q", out)
	}
}

func TestForeign(t *testing.T) {
	h := newHouse(t, nil)
	key := h.Share(share.NewShare{Path: "/files", Preset: share.Full})
	evil := []string{"Origin: http://evil.example"}
	for _, path := range []string{"/files/x", "/s/" + key + "/x"} {
		h.do("PUT", path, append(evil, "@alice", ">x")...).want(t, 403, "NET-SITE-01")
		h.do("PUT", path, "@alice", "Sec-Fetch-Site: cross-site", ">x").want(t, 403)
		h.do("PUT", path, "@alice", "Sec-Fetch-Site: same-origin", ">x").want(t, 201+3*btoi(strings.HasPrefix(path, "/s/")))
	}
	h.do("PUT", "/files/y", "@alice", "Origin: "+h.url, ">x").want(t, 201)
	h.do("PUT", "/files/z", "PW: alice-password", "Origin: http://evil.example", ">x").want(t, 201)
	h.do("GET", "/files/y", evil...).want(t, 200)
	h.do("POST", "/-/signin", append(evil, "Content-Type: application/x-www-form-urlencoded", ">name=alice&password=alice-password")...).want(t, 403)
	h.do("DELETE", "/files/y", append(evil, "@alice")...).want(t, 403)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestTwoAtOnce(t *testing.T) {
	h := newHouse(t, nil)
	const writers = 8
	done := make(chan int, writers)
	for i := range writers {
		go func() {
			req, _ := http.NewRequest("PUT", h.url+"/files/same.txt", strings.NewReader(strings.Repeat(string(rune('a'+i)), 100_000)))
			req.SetBasicAuth("alice", "alice-password")
			resp, err := h.client.Do(req)
			if err != nil {
				t.Error(err)
				done <- 0
				return
			}
			resp.Body.Close()
			done <- resp.StatusCode
		}()
	}
	created := 0
	for range writers {
		switch s := <-done; s {
		case 201:
			created++
		case 204:
		default:
			t.Errorf("status %d", s)
		}
	}
	got, _ := h.onDisk("same.txt")
	if created != 1 || len(got) != 100_000 || strings.Trim(got, got[:1]) != "" {
		t.Errorf("%d created, %d bytes, mixed %v", created, len(got), strings.Trim(got, got[:1]) != "")
	}
}
