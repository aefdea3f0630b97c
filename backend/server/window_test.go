package server

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// The owner's page needs no token but the exact host; everything else needs all of token, host and
// origin. What an attacker's page in the same browser can send is turned away.
func TestWindow(t *testing.T) {
	s := start(t, t.TempDir(), func(o *Options) { o.Loopback = true })
	url, token := s.Control()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path string, header map[string]string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range header {
			if k == "Host" {
				r.Host = v
			} else {
				r.Header.Set(k, v)
			}
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(body)
	}

	page, body := ask("GET", "/-/window", nil)
	if page.StatusCode != 200 || !strings.Contains(body, `id="window"`) || strings.Contains(body, token) {
		t.Fatalf("the document: %d\n%s", page.StatusCode, body)
	}
	for name, want := range map[string]string{
		"Content-Type":                 "text/html; charset=utf-8",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy":              "no-referrer",
		"X-Frame-Options":              "DENY",
		"X-Content-Type-Options":       "nosniff",
		"Cache-Control":                "no-store",
	} {
		if got := page.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	policy := page.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy %q has no %s", policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") || page.Header.Get("Access-Control-Allow-Origin") != "" || len(page.Cookies()) > 0 {
		t.Errorf("the page is too open: %v", page.Header)
	}

	const theirs = "http://evil.example"
	for name, c := range map[string]struct {
		method, path string
		header       map[string]string
		want         int
	}{
		"page":                             {"GET", "/-/window", nil, 200},
		"page, head":                       {"HEAD", "/-/window", nil, 200},
		"page of a rebound name":           {"GET", "/-/window", map[string]string{"Host": "evil.example"}, 403},
		"page by another name of loopback": {"GET", "/-/window", map[string]string{"Host": "localhost" + url[strings.LastIndexByte(url, ':'):]}, 403},
		"page without port":                {"GET", "/-/window", map[string]string{"Host": "127.0.0.1"}, 403},
		"page asked for by another page":   {"GET", "/-/window", map[string]string{"Origin": theirs}, 403},
		"page from nowhere":                {"GET", "/-/window", map[string]string{"Origin": "null"}, 403},
		"page, posted":                     {"POST", "/-/window", nil, 403},
		"below the page":                   {"GET", "/-/window/", nil, 403},
		"above the files":                  {"GET", "/-/app/../api/status", nil, 404},
		"above the files, hidden":          {"GET", "/-/app/%2e%2e/api/status", nil, 404},
		"a file that is not there":         {"GET", "/-/app/nothing.js", nil, 404},
		"files of a rebound name":          {"GET", "/-/app/nothing.js", map[string]string{"Host": "evil.example"}, 403},
		"files, posted":                    {"POST", "/-/app/nothing.js", nil, 403},
		"the API":                          {"GET", "/-/api/status", nil, 403},
		"the API, token in the address":    {"GET", "/-/api/status?token=" + token, nil, 403},
		"the API, token as a cookie":       {"GET", "/-/api/status", map[string]string{"Cookie": "X-Portico-Token=" + token + "; portico=" + token}, 403},
		"the API, token as a bearer":       {"GET", "/-/api/status", map[string]string{"Authorization": "Bearer " + token}, 403},
		"the API, another origin":          {"GET", "/-/api/status", map[string]string{"X-Portico-Token": token, "Origin": theirs}, 403},
		"the API, another port":            {"GET", "/-/api/status", map[string]string{"X-Portico-Token": token, "Origin": "http://127.0.0.1:1"}, 403},
		"the API, https":                   {"GET", "/-/api/status", map[string]string{"X-Portico-Token": token, "Origin": strings.Replace(url, "http", "https", 1)}, 403},
		"the API, rebound name":            {"GET", "/-/api/status", map[string]string{"X-Portico-Token": token, "Host": "evil.example"}, 403},
		"preflight of another page":        {"OPTIONS", "/-/api/shares", map[string]string{"Origin": theirs, "Access-Control-Request-Headers": "x-portico-token"}, 403},
		"the events":                       {"GET", "/-/events", nil, 403},
		"a QR code":                        {"GET", "/-/qr?u=http://127.0.0.1/", nil, 403},
		"a file of the tree":               {"GET", "/", nil, 403},
		"the console":                      {"POST", "/-/console/user.list", nil, 403},
		"the look inside":                  {"GET", "/-/debug/pprof/", nil, 403},
		"ours":                             {"GET", "/-/api/status", map[string]string{"X-Portico-Token": token, "Origin": url}, 200},
	} {
		answer, body := ask(c.method, c.path, c.header)
		if answer.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, answer.StatusCode, c.want)
		}
		if answer.Header.Get("Access-Control-Allow-Origin") != "" || c.want != 200 && strings.Contains(body, token) {
			t.Errorf("%s: %v\n%s", name, answer.Header, body)
		}
	}

	// No door serves it.
	for _, door := range s.Addresses() {
		answer, err := client.Get(door + "/-/window")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s serves the owner's page: %d", door, answer.StatusCode)
		}
	}
}
