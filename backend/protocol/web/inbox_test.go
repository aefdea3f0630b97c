package web

import (
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"portico/backend/share"
)

// visitors returns two browsers at one address that hold the link of an inbox, and the path of it.
func visitors(t *testing.T, h *house) (one, two func(method, name string, options ...string) answer) {
	t.Helper()
	dir := "/s/" + h.Share(share.NewShare{Path: "/files/inbox", Preset: share.Inbox}) + "/"
	as := func() func(method, name string, options ...string) answer {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		return func(method, name string, options ...string) answer {
			h.client.Jar = jar
			defer func() { h.client.Jar = nil }()
			return h.do(method, dir+name, append(options, mozilla)...)
		}
	}
	return as(), as()
}

// TestInboxReadsNothing: who may only add learns nothing of what others sent by sending pieces of it,
// the same or the same name.
func TestInboxReadsNothing(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("inbox/alice.txt", "SECRET")
	h.do("PUT", "/files/inbox/pin.txt", "@alice", ">4711").want(t, 201)
	one, _ := visitors(t, h)
	one("GET", "", asBrowser).want(t, 200)
	for _, send := range []func(method, name string, options ...string) answer{one, func(method, name string, options ...string) answer {
		return h.do(method, "/files/inbox/"+name, append(options, "@bob")...)
	}} {
		for _, piece := range []string{"bytes 0-0/*", "bytes 0-0/1"} {
			a := send("PUT", "alice.txt", "Content-Range: "+piece, ">X").want(t, 201)
			at := a.Header.Get("Location")
			if got := send("GET", at[strings.LastIndex(at, "/")+1:]); got.StatusCode != 200 || got.body != "X" {
				t.Errorf("%s: %s: %d %q", piece, at, got.StatusCode, got.body)
			}
		}
		for _, guess := range []string{"4711", "4712"} {
			a := send("PUT", "pin.txt", ">"+guess).want(t, 201)
			if at := a.Header.Get("Location"); strings.HasSuffix(at, "/pin.txt") {
				t.Errorf("%s: %s", guess, at)
			}
		}
		for _, field := range []string{"If-None-Match: *", "X-Portico-Exists: skip", "X-Portico-Exists: replace"} {
			send("PUT", "alice.txt", field, ">x").want(t, 201)
		}
		send("PUT", "alice.txt", "If-Match: *", ">x").want(t, 412)
		send("PUT", "none.txt", "If-Match: *", ">x").want(t, 412)
		send("MKCOL", "alice.txt").want(t, 201)
		for _, name := range []string{"alice.txt/x", "alice.txt/a/b/x", "free/a/b/x"} {
			send("PUT", name, ">x").want(t, 201)
		}
	}
	if got, _ := h.onDisk("inbox/alice.txt"); got != "SECRET" {
		t.Errorf("on disk %q", got)
	}
}

// TestInboxFoldersOfOthers: a folder that one made is not one's own any more when others put something
// into it.
func TestInboxFoldersOfOthers(t *testing.T) {
	h := newHouse(t, nil)
	one, _ := visitors(t, h)
	one("MKCOL", "box").want(t, 201)
	h.do("PUT", "/files/inbox/box/theirs", "@bob", ">x").want(t, 201)
	one("DELETE", "box").want(t, 403)
	one("MOVE", "box", "Destination: "+one("GET", "", asBrowser).Request.URL.String()+"taken").want(t, 403)
	if got, _ := h.onDisk("inbox/box/theirs"); got != "x" {
		t.Errorf("on disk %q", got)
	}
	one("MKCOL", "own").want(t, 201)
	one("PUT", "own/a", ">a").want(t, 201)
	one("DELETE", "own").want(t, 200)
}

// TestVisitorsAreApart: two who hold one link, and two guests, behind one address see nothing of each
// other, and without cookies nobody sees anything.
func TestVisitorsAreApart(t *testing.T) {
	h := newHouse(t, nil)
	one, two := visitors(t, h)
	first := one("GET", "", asBrowser).want(t, 200)
	var known *http.Cookie
	for _, c := range first.Cookies() {
		if c.Name == "portico-visit" {
			known = c
		}
	}
	if known == nil || !known.HttpOnly || known.SameSite != http.SameSiteLaxMode || len(known.Value) < 26 {
		t.Fatalf("no secret of the visit: %v", first.Cookies())
	}
	one("PUT", "mine.txt", ">mine").want(t, 201)
	one("GET", "mine.txt").want(t, 200, "mine")
	one("GET", "", "Accept: application/json").want(t, 200, `"mine.txt"`)
	one("PUT", "mine.txt", ">mine again").want(t, 204)
	strangers := map[string]func(method, name string, options ...string) answer{"other browser": two}
	dir := first.Request.URL.Path
	strangers["no cookies"] = func(method, name string, options ...string) answer {
		return h.do(method, dir+name, options...)
	}
	for who, send := range strangers {
		for range 2 { // also once it is known itself
			if a := send("GET", "", "Accept: application/json").want(t, 200); strings.Contains(a.body, "mine.txt") {
				t.Errorf("%s: listed: %s", who, a.body)
			}
			send("GET", "mine.txt").want(t, 404)
			send("DELETE", "mine.txt").want(t, 404)
			send("PUT", "mine.txt", ">theirs").want(t, 201)
		}
	}
	if got, _ := h.onDisk("inbox/mine.txt"); got != "mine again" {
		t.Errorf("on disk %q", got)
	}
	one("DELETE", "mine.txt").want(t, 200)
	// Who may only look, or has a name, is given no such cookie.
	looks := h.do("GET", "/s/"+h.Share(share.NewShare{Path: "/files"})+"/", asBrowser, mozilla).want(t, 200)
	named := h.do("PUT", "/files/inbox/bobs", "@bob", ">x").want(t, 201)
	for _, c := range append(looks.Cookies(), named.Cookies()...) {
		if c.Name == "portico-visit" {
			t.Errorf("%s was given to who needs it not", c.Name)
		}
	}
}
