package wire

import (
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDisposition(t *testing.T) {
	for name, want := range map[string]string{
		"cat.jpg":             `attachment; filename="cat.jpg"`,
		"a b.txt":             `attachment; filename="a b.txt"`,
		"Füße.txt":            `attachment; filename="F__e.txt"; filename*=UTF-8''F%C3%BC%C3%9Fe.txt`,
		`a"b.txt`:             `attachment; filename="a_b.txt"; filename*=UTF-8''a%22b.txt`,
		"100%.txt":            `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`,
		"../../etc/passwd":    `attachment; filename=".._.._etc_passwd"`,
		`..\x`:                `attachment; filename=".._x"`,
		"a\r\nSet-Cookie: x":  `attachment; filename="a__Set-Cookie: x"`,
		"fdp\u202egpj.exe":    `attachment; filename="fdp_gpj.exe"`,
		"a\xffb":              `attachment; filename="a_b"`,
		"":                    `attachment; filename="file"`,
		"..":                  `attachment; filename="file"`,
		"semi;colon.txt":      `attachment; filename="semi;colon.txt"`,
		"it's (1) *new*.txt":  `attachment; filename="it's (1) *new*.txt"`,
		"日本":                  `attachment; filename="__"; filename*=UTF-8''%E6%97%A5%E6%9C%AC`,
		"comma,apos'star*é.x": `attachment; filename="comma,apos'star*_.x"; filename*=UTF-8''comma%2Capos%27star%2A%C3%A9.x`,
	} {
		if got := Disposition("attachment", name); got != want {
			t.Errorf("%q:\n got %s\nwant %s", name, got, want)
		}
	}
}

func FuzzDisposition(f *testing.F) {
	for _, seed := range []string{"cat.jpg", "a\"b\\c", "\u202e", "%41", "a'b*c", "\xff\xfe", ".. "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		value := Disposition("attachment", name)
		for i := range len(value) {
			if value[i] < ' ' || value[i] > '~' {
				t.Fatalf("%q: %q holds a byte that no field may hold", name, value)
			}
		}
		kind, params, err := mime.ParseMediaType(value)
		if err != nil || kind != "attachment" {
			t.Fatalf("%q: %q does not parse: %v", name, value, err)
		}
		got := params["filename"]
		if got == "" || got == "." || got == ".." || strings.ContainsAny(got, "/\\\r\n\x00") || !utf8.ValidString(got) {
			t.Fatalf("%q: saved as %q", name, got)
		}
		if got != SafeName(name) {
			t.Fatalf("%q: saved as %q, want %q", name, got, SafeName(name))
		}
	})
}

func FuzzHref(f *testing.F) {
	for _, seed := range []string{"/a b/ü.txt", "/%2e%2e/x", "/a?b#c", "/a:b;c&d=e+f", "/\xff\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
			return
		}
		u, err := url.Parse(Href(path))
		if err != nil || u.Path != path || u.RawQuery != "" || u.Fragment != "" || u.Host != "" {
			t.Fatalf("%q → %q → %+v %v", path, Href(path), u, err)
		}
	})
}

func TestMediaOf(t *testing.T) {
	head := func(s string) func() []byte { return func() []byte { return []byte(s) } }
	for _, c := range []struct {
		name, head, want string
		nature           Nature
	}{
		{"a.jpg", "<html>", "image/jpeg", Inert},
		{"A.JPG", "", "image/jpeg", Inert},
		{"a.html", "", "text/html; charset=utf-8", Active},
		{"a.svg", "", "image/svg+xml", Active},
		{"a.xml", "", "application/xml", Active},
		{"a.pdf", "", "application/pdf", Active},
		{"a.js", "", plainText, Inert},
		{"a.mjs", "", plainText, Inert},
		{"a.css", "", plainText, Inert},
		{"a.unknown", "<!DOCTYPE html><script>", binary, Inert},
		{"a.unknown", "<?xml version='1.0'?><svg/>", binary, Inert},
		{"a", "%PDF-1.4", binary, Inert},
		{"README", "hello", plainText, Inert},
		{"empty", "", plainText, Inert},
		{"a", "\x89PNG\r\n\x1a\n", "image/png", Inert},
		{"a", "\x00\x01\x02", binary, Inert},
		{".bashrc", "alias", plainText, Inert},
		{"a.html.jpg", "", "image/jpeg", Inert},
		{"a.jpg.html", "", "text/html; charset=utf-8", Active},
		{"a.ts", "export const a = 1\n", plainText, Inert},
	} {
		got := MediaOf(c.name, head(c.head))
		if got.Type != c.want || got.Nature != c.nature {
			t.Errorf("%s: %+v, want %s %v", c.name, got, c.want, c.nature)
		}
	}
}

// TestNothingRunsInOurOrigin goes through every extension the tables know.
func TestNothingRunsInOurOrigin(t *testing.T) {
	safe := func(typ string) bool {
		major, _, _ := strings.Cut(typ, "/")
		base, _, _ := strings.Cut(typ, ";")
		switch major {
		case "audio", "video", "font":
			return true
		case "image":
			return base != "image/svg+xml"
		case "text":
			return base == "text/plain" || base == "text/csv" || base == "text/vtt" || base == "text/calendar" || base == "text/vcard"
		}
		return !strings.Contains(base, "xml") && !strings.Contains(base, "html") && !strings.Contains(base, "javascript") && base != "application/pdf" || strings.HasPrefix(base, "application/vnd.")
	}
	exts := strings.Fields("html htm xhtml xht shtml svg svgz xml xsl xslt rss atom rdf mathml pdf mht mhtml swf hta htc js mjs cjs css wasm json jar class vbs wsf hta phtml php asp jsp txt jpg mp4 zip docx unknown")
	for _, ext := range exts {
		for _, view := range []bool{false, true} {
			h := http.Header{}
			m := MediaOf("x."+ext, func() []byte { return []byte("<script>alert(1)</script>") })
			m.Announce(h, "x."+ext, view, "")
			if h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: no nosniff", ext)
			}
			if safe(h.Get("Content-Type")) {
				continue
			}
			policy := h.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || m.Type != "application/pdf" && !strings.HasPrefix(policy, "sandbox;") {
				t.Errorf("%s, view %v: %s under policy %q", ext, view, h.Get("Content-Type"), policy)
			}
			if !view && !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") {
				t.Errorf("%s: %s is shown: %s", ext, h.Get("Content-Type"), h.Get("Content-Disposition"))
			}
		}
	}
}

func TestSafeNameInHeader(t *testing.T) {
	w := httptest.NewRecorder()
	Media{plainText, Inert}.Announce(w.Header(), "x.txt", false, "other\r\nname.txt")
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="other__name.txt"` {
		t.Errorf("%q", got)
	}
}
