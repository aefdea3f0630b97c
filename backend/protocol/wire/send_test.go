package wire

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

type text string

func (s text) SendTo(w io.Writer, off, n int64) (int64, error) {
	return io.Copy(w, strings.NewReader(string(s[off:off+n])))
}

const digits = "0123456789"

var modified = time.Date(2026, 11, 21, 10, 0, 0, 500, time.UTC)

// ask sends one request with the given fields ("Name: value") to a server that has digits.
func ask(t *testing.T, method string, fields ...string) (*http.Response, string) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		rep := Representation{Content: text(digits), Size: int64(len(digits)), Tag: Tag("v1"), Modified: modified}
		if err := Send(w, r, rep); err != nil {
			t.Error(err)
		}
	}))
	defer srv.Close()
	req, err := http.NewRequest(method, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		req.Header.Add(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestSend(t *testing.T) {
	at := modified.Format(http.TimeFormat)
	before := modified.Add(-time.Hour).Format(http.TimeFormat)
	for _, c := range []struct {
		name   string
		method string
		fields []string
		status int
		body   string
	}{
		{"whole", "GET", nil, 200, digits},
		{"head", "HEAD", nil, 200, ""},
		{"head ignores range", "HEAD", []string{"Range: bytes=0-1"}, 200, ""},
		{"range", "GET", []string{"Range: bytes=2-4"}, 206, "234"},
		{"suffix", "GET", []string{"Range: bytes=-3"}, 206, "789"},
		{"outside", "GET", []string{"Range: bytes=10-"}, 416, ""},
		{"nonsense", "GET", []string{"Range: bytes=x"}, 200, digits},
		{"if-range tag", "GET", []string{"Range: bytes=2-4", `If-Range: "v1"`}, 206, "234"},
		{"if-range other", "GET", []string{"Range: bytes=2-4", `If-Range: "v0"`}, 200, digits},
		{"if-range weak", "GET", []string{"Range: bytes=2-4", `If-Range: W/"v1"`}, 200, digits},
		{"if-range date", "GET", []string{"Range: bytes=2-4", "If-Range: " + at}, 206, "234"},
		{"if-range old date", "GET", []string{"Range: bytes=2-4", "If-Range: " + before}, 200, digits},
		{"none match", "GET", []string{`If-None-Match: "v0", "v1"`}, 304, ""},
		{"none match weak", "GET", []string{`If-None-Match: W/"v1"`}, 304, ""},
		{"none match star", "GET", []string{`If-None-Match: *`}, 304, ""},
		{"none match two fields", "GET", []string{`If-None-Match: "a"`, `If-None-Match: "v1"`}, 304, ""},
		{"none match other", "GET", []string{`If-None-Match: "v0"`}, 200, digits},
		{"none match wins over date", "GET", []string{`If-None-Match: "v0"`, "If-Modified-Since: " + at}, 200, digits},
		{"modified since", "GET", []string{"If-Modified-Since: " + at}, 304, ""},
		{"modified since older", "GET", []string{"If-Modified-Since: " + before}, 200, digits},
		{"modified since nonsense", "GET", []string{"If-Modified-Since: yesterday"}, 200, digits},
		{"match", "GET", []string{`If-Match: "v1"`}, 200, digits},
		{"match other", "GET", []string{`If-Match: "v0"`}, 412, ""},
		{"match weak", "GET", []string{`If-Match: W/"v1"`}, 412, ""},
		{"match wins over date", "GET", []string{`If-Match: "v1"`, "If-Unmodified-Since: " + before}, 200, digits},
		{"unmodified since", "GET", []string{"If-Unmodified-Since: " + at}, 200, digits},
		{"unmodified since older", "GET", []string{"If-Unmodified-Since: " + before}, 412, ""},
		{"condition before range", "GET", []string{`If-None-Match: "v1"`, "Range: bytes=2-4"}, 304, ""},
		{"match nonsense", "GET", []string{"If-Match: v1"}, 412, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body := ask(t, c.method, c.fields...)
			if resp.StatusCode != c.status || body != c.body {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, body, c.status, c.body)
			}
			if (c.status == 200 || c.status == 206 || c.status == 304) && resp.Header.Get("ETag") != `"v1"` {
				t.Errorf("ETag %q", resp.Header.Get("ETag"))
			}
			if c.status == 416 && resp.Header.Get("Content-Range") != "bytes */10" {
				t.Errorf("Content-Range %q", resp.Header.Get("Content-Range"))
			}
			if c.status == 200 && resp.ContentLength != 10 {
				t.Errorf("length %d", resp.ContentLength)
			}
		})
	}
}

func TestSendManyRanges(t *testing.T) {
	resp, body := ask(t, "GET", "Range: bytes=0-1,4-5,-1")
	if resp.StatusCode != 206 {
		t.Fatalf("status %d", resp.StatusCode)
	}
	if resp.ContentLength != int64(len(body)) {
		t.Errorf("announced %d, came %d", resp.ContentLength, len(body))
	}
	kind, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/byteranges" {
		t.Fatalf("type %q", resp.Header.Get("Content-Type"))
	}
	m := multipart.NewReader(bytes.NewReader([]byte(body)), params["boundary"])
	for _, want := range []string{"bytes 0-1/10 01", "bytes 4-5/10 45", "bytes 9-9/10 9"} {
		part, err := m.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		if got := part.Header.Get("Content-Range") + " " + string(data); got != want || part.Header.Get("Content-Type") != "text/plain" {
			t.Errorf("part %q, want %q", got, want)
		}
	}
	if _, err := m.NextPart(); err != io.EOF {
		t.Errorf("after the last part: %v", err)
	}
}

// TestConditionsOnWrites: 412 instead of 304, and what does not exist matches nothing.
func TestConditionsOnWrites(t *testing.T) {
	for _, c := range []struct {
		name, value, tag string
		want             int
	}{
		{"If-None-Match", "*", "", 0},
		{"If-None-Match", "*", `"v"`, 412},
		{"If-None-Match", `"v"`, `"v"`, 412},
		{"If-Match", "*", "", 412},
		{"If-Match", "*", `"v"`, 0},
		{"If-Match", `"v"`, `"v"`, 0},
		{"If-Match", `"v"`, "", 412},
	} {
		r := httptest.NewRequest(http.MethodPut, "/", nil)
		r.Header.Set(c.name, c.value)
		if got := Conditions(r, State{Tag: c.tag, Modified: modified}); got != c.want {
			t.Errorf("%s: %s with %q: %d, want %d", c.name, c.value, c.tag, got, c.want)
		}
	}
}

func FuzzParseTags(f *testing.F) {
	for _, seed := range []string{`"a"`, `W/"a", "b"`, `*`, `"a" "b"`, `"`, `,,"a",`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		tags, ok := ParseTags(value)
		if !ok && (tags.Any || len(tags.List) > 0) {
			t.Fatalf("%q: refused, yet %+v", value, tags)
		}
		for _, tag := range tags.List {
			bare := strings.TrimPrefix(tag, "W/")
			if len(bare) < 2 || bare[0] != '"' || bare[len(bare)-1] != '"' || strings.Contains(bare[1:len(bare)-1], `"`) {
				t.Fatalf("%q: tag %s", value, strconv.Quote(tag))
			}
		}
	})
}
